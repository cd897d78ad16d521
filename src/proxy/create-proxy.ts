import { checkMembers, invalidOption, type MemberTypes } from '../core/check-members.ts';
import { redact, redactError } from '../core/redact.ts';
import { createClient } from '../core/rpc/create-client.ts';
import { parseWebUrl } from '../core/web-url.ts';
import { addressOf } from './address-of.ts';
import { createAddresses } from './addresses.ts';
import { createAdmission } from './admission.ts';
import { checkAllow } from './allow.ts';
import { toRefusal } from './ask.ts';
import { forwardCall } from './call.ts';
import { forwardDownload } from './download.ts';
import { type Exchange, hideSecrets, type Settings } from './exchange.ts';
import { allowOrigin, checkHeaders, checkOrigin, preflight } from './gate.ts';
import { checkLimits } from './limits.ts';
import { forwardLog } from './log.ts';
import { Refusal } from './refusal.ts';
import { dropSecrets, errorResponse } from './responses.ts';
import { type Route, routeOf } from './route.ts';
import type { KaggleProxy, ProxyEvent, ProxyOptions } from './types.ts';
import { forwardUpload } from './upload.ts';

const optionTypes: MemberTypes<ProxyOptions> = {
  client: 'an object',
  credential: 'an object',
  path: 'a string',
  allow: 'an object',
  authorize: 'a function',
  origins: 'an object',
  limits: 'an object',
  storage: 'an object',
  secret: 'a string',
  onEvent: 'a function',
};

/** What becomes known about a request while it is handled. */
interface Trace {
  readonly event: Writable<ProxyEvent>;
  /** Parts of the credential. */
  readonly secrets: string[];
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const invalid = (path: string, message: string) => invalidOption(path, message, 'createProxy');

/** Checks a list of origins. */
function checkOrigins(name: string, origins: readonly string[]): readonly string[] {
  if (!Array.isArray(origins)) throw invalid(name, "expected an array of origins, such as ['https://app.example.com']");
  for (const origin of origins) {
    if (parseWebUrl(String(origin))?.origin === origin) continue;
    throw invalid(
      name,
      `expected origins such as https://app.example.com, got ${JSON.stringify(redact(String(origin)))}`,
    );
  }
  return [...origins];
}

function clientOf({ client, credential }: ProxyOptions): Settings['client'] {
  if ((client === undefined) === (credential === undefined))
    throw invalid('client', 'expected client or credential, one of them');
  if (client) return client;
  const { token, username, key } = credential!;
  return createClient({ token, username, key });
}

/** Asks the host. Resolves to the user, or to its response. */
async function authorized(request: Request, { authorize }: ProxyOptions): Promise<{ user?: string } | Response> {
  const verdict: unknown = await authorize(request);
  if (verdict === true) return {};
  if (verdict instanceof Response) return verdict;
  const { user } = (verdict ?? {}) as { user?: unknown };
  if (typeof user === 'string' && user !== '') return { user };
  throw new Refusal(401, 'not authorized: authorize of the proxy refused the request', 'authorize');
}

function respond(exchange: Exchange, route: Route): Promise<Response> {
  if (route.type === 'call') return forwardCall(exchange, route.method);
  if (route.type === 'log') return forwardLog(exchange, route);
  return route.type === 'upload' ? forwardUpload(exchange, route.sealed) : forwardDownload(exchange, route.sealed);
}

/**
 * Creates a proxy between web pages and Kaggle, which adds the credential on the server. Pages use it with
 * `createClient({ endpoint: '/kaggle', credential: 'proxy' })`, and all functions work unchanged: calls, live logs, uploads and
 * downloads. No token, cookie or signed URL of Kaggle reaches a page.
 *
 * @param options - `allow`, `authorize`, and `client` or `credential` are required.
 * @throws `ValidationError` for unknown, missing or invalid options.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { createProxy, runJobs } from 'kaggle-ts/proxy';
 *
 * const sessions = new Map<string, string>();
 * const proxy = createProxy({
 *   client: createClient(),
 *   allow: runJobs,
 *   authorize(request) {
 *     const [, session = ''] = /\bsession=(\w+)/.exec(request.headers.get('cookie') ?? '') ?? [];
 *     const user = sessions.get(session);
 *     return user !== undefined && { user };
 *   },
 * });
 * export default { fetch: proxy.fetch };
 * ```
 */
export function createProxy(options: ProxyOptions): KaggleProxy {
  checkMembers('createProxy', options, optionTypes);
  if (typeof options.authorize !== 'function')
    throw invalid('authorize', 'is missing; expected a function that returns true, false, { user } or a Response');
  const { path = '/kaggle', secret, onEvent } = options;
  if (!/^(?:\/[\w.-]*\w)+$/.test(path))
    throw invalid('path', `expected a path such as /kaggle, got ${JSON.stringify(path)}`);
  if (secret !== undefined && secret.length < 32)
    throw invalid('secret', 'expected a random text of at least 32 characters');
  const rules = checkAllow(options.allow);
  const origins = options.origins && checkOrigins('origins', options.origins);
  const limits = checkLimits(options.limits);
  const client = clientOf(options);
  const now = () => client.clock.now();
  const addresses = createAddresses(client, secret, checkOrigins('storage', options.storage ?? []), now);
  const settings: Settings = { client, rules, addresses, limits };
  const admission = createAdmission(limits, now);

  async function admitted(request: Request, info: unknown, route: Route, { event, secrets }: Trace): Promise<Response> {
    const base = checkHeaders(request, route);
    const { url, method, headers, signal } = request;
    const bare = new Request(url, { method, headers, signal });
    const found = await authorized(bare, options);
    if (found instanceof Response) {
      event.rule = 'authorize';
      return new Response(found.body, found);
    }
    const { user } = found;
    event.user = user;
    const leave = admission.enter(user === undefined ? `address ${addressOf(request, info)}` : `user ${user}`);
    let holds = 0;
    const hold = () => {
      let held = true;
      holds++;
      return () => {
        if (!held) return;
        held = false;
        if (--holds === 0) leave();
      };
    };
    const finish = hold();
    try {
      await client.requireCredential('proxy', { signal });
      secrets.push(...(await client.secrets()));
      return dropSecrets(await respond({ ...settings, request, base, user, secrets, hold }, route), secrets);
    } finally {
      finish();
    }
  }

  async function handle(request: Request, info: unknown, trace: Trace): Promise<Response> {
    const { event, secrets } = trace;
    let origin: string | undefined;
    try {
      origin = checkOrigin(request, origins);
      const isPreflight = request.method === 'OPTIONS';
      const wanted = isPreflight ? (request.headers.get('access-control-request-method') ?? '') : request.method;
      const route = routeOf(new URL(request.url), wanted, path);
      event.type = isPreflight ? 'preflight' : route.type;
      event.method = route.method;
      return allowOrigin(isPreflight ? preflight(route) : await admitted(request, info, route, trace), origin);
    } catch (error) {
      const refusal = request.signal.aborted ? new Refusal(499, 'the client closed the connection') : toRefusal(error);
      event.rule = refusal.rule;
      const told = refusal.cause === undefined ? refusal : redactError(refusal.cause);
      event.error = hideSecrets(told.message, secrets);
      return allowOrigin(errorResponse(refusal), origin);
    }
  }

  return {
    async fetch(request, info) {
      const started = performance.now();
      const event: Writable<ProxyEvent> = {
        type: 'none',
        method: undefined,
        user: undefined,
        status: 0,
        ms: 0,
        rule: undefined,
        error: undefined,
      };
      const response = await handle(request, info, { event, secrets: [] });
      try {
        onEvent?.({ ...event, status: response.status, ms: Math.round(performance.now() - started) });
      } catch {
        // The page gets its response whatever happens to logs.
      }
      return response;
    },
  };
}
