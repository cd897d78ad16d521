import { basic, bearer, type Credential } from '../auth/credential.ts';
import type { Json } from '../codec/message.ts';
import { AuthenticationError, ValidationError } from '../errors.ts';
import type { Platform } from '../platform.ts';
import { systemClock } from '../sleep.ts';
import { type Callable, type CallContext, callForJson, callForResponse, requireCredential } from './call.ts';
import type { CallOptions, ClientOptions, Introspection, KaggleClient, KaggleEnvironment } from './client.ts';
import { parseEnvironment, resolveBaseUrl } from './endpoint.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { lazyKy } from './lazy-ky.ts';
import { type Method, methodPath } from './method.ts';
import { version } from './version.ts';

const barePlatform: Platform = { name: 'memory', concurrency: 4 };
const introspectToken = { service: 'security.OAuthService', name: 'IntrospectToken', idempotent: true };
const hello = { service: 'api.v1.DiagnosticsService', name: 'Hello', idempotent: true };

interface Hello {
  userName: string;
}

/** Looks a credential up on the platform: `resolveCredential` where there are files and an environment. */
export type FindCredential = (platform: Platform) => Promise<Credential | undefined>;

/** Where credentials come from: the options, or lazily and once the platform. */
function credentialSource(
  options: ClientOptions,
  find: () => Promise<Credential | undefined>,
): () => Promise<Credential | undefined> {
  const { token, username, key } = options;
  if (typeof token === 'function') {
    return async () => {
      const value = await token();
      return value === undefined ? undefined : bearer(value);
    };
  }
  const named = username !== undefined || key !== undefined;
  const fixed = token !== undefined ? bearer(token) : named ? basic(username ?? '', key ?? '') : undefined;
  if (fixed) return async () => fixed;
  let found: Promise<Credential | undefined> | undefined;
  return () => {
    found ??= find().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}

/** STAGING and ADMIN stand behind a proxy that wants a token of its own. */
function findIapToken(options: ClientOptions, platform: Platform, environment: KaggleEnvironment): string | undefined {
  if (options.endpoint || !/STAGING|ADMIN/.test(environment)) return undefined;
  const token = options.iapToken ?? platform.env?.('KAGGLE_IAP_TOKEN');
  if (token) return token;
  throw new ValidationError(`${environment} needs KAGGLE_IAP_TOKEN or createClient({ iapToken })`);
}

/** A method called by its name: `call('kernels.KernelsApiService', 'ListKernels', {...})`. */
function byName(service: string, name: unknown): { service: string; name: string } {
  if (typeof name === 'string' && /^[\w.]+\/\w+$/.test(`${service}/${name}`)) return { service, name };
  throw new ValidationError(`not a service and a method: ${service}, ${name}`);
}

/**
 * Makes a client. Nothing is read or sent before the first call. Throws `ValidationError` for options that cannot work.
 * The entries of the package pass the platform of the runtime, and `find` where it can hold credentials; without them
 * there are no files, no environment and no credential but those of the options.
 */
export function createClient(options: ClientOptions = {}, find: FindCredential = async () => undefined): KaggleClient {
  const platform = options.platform ?? barePlatform;
  const environment = parseEnvironment(options.environment ?? (platform.env?.('KAGGLE_API_ENVIRONMENT') || 'PROD'));
  const baseUrl = resolveBaseUrl(options.endpoint, environment);
  const credential = credentialSource(options, () => find(platform));
  const opaqueRedirects = platform.opaqueRedirects ?? false;
  const timeout = options.timeout ?? 60;
  const custom = options.fetch;
  const sink = typeof options.verbose === 'function' ? options.verbose : options.verbose ? platform.log : undefined;

  const clock = platform.clock ?? systemClock;
  const userAgent = options.userAgent ?? `kaggle-ts/${version}`;
  const send = guardedFetch({
    baseUrl,
    fetch: custom
      ? (input, init) => custom(new Request(input, init))
      : (platform.fetch ?? ((...sent) => fetch(...sent))),
    iapToken: findIapToken(options, platform, environment),
    opaqueRedirects,
  });
  const context: CallContext = {
    send,
    userAgent,
    baseUrl,
    opaqueRedirects,
    timeout,
    retry: options.retry === false ? 0 : (options.retry ?? 4),
    signal: options.signal,
    credential,
    clock,
    log: sink,
  };

  /** Both forms of `call` and `callRaw`: a method and a request, or two names and a request. */
  async function invoke(bytes: boolean, target: Method | string, ...rest: unknown[]): Promise<unknown> {
    const named = typeof target === 'string';
    const method: Callable = named ? byName(target, rest.shift()) : target;
    const [request = {}, settings = {}] = rest as [unknown?, CallOptions?];
    const json = named ? (request as Json) : target.request.encode(request);
    if (bytes || method.raw) return callForResponse(context, method, json, settings);
    const { response } = method;
    const answer = await callForJson(context, method, json, settings, !named && !response);
    return response ? response.decode(answer) : answer;
  }

  async function introspect(callOptions: CallOptions = {}): Promise<Introspection> {
    const found = await credential();
    requireCredential(found, 'introspect');
    const [method, request] = found.type === 'basic' ? [hello, {}] : [introspectToken, { token: found.token }];
    const answer = (await callForJson(context, method, request, callOptions, false)) as Partial<Introspection & Hello>;
    if (found.type === 'basic') return { active: true, username: answer.userName || found.username, userId: undefined };
    return { active: answer.active ?? false, username: answer.username ?? '', userId: answer.userId };
  }

  return {
    call: invoke.bind(null, false) as KaggleClient['call'],
    callRaw: invoke.bind(null, true) as KaggleClient['callRaw'],
    http: lazyKy(async () =>
      (await import('./http.ts')).createHttp({ ...context, timeoutMs: timeout > 0 && timeout * 1000 }),
    ),
    // Called without a receiver: the global fetch of browsers and Workers refuses any other.
    fetch: (request) => (custom ?? platform.fetch ?? fetch)(request),
    transport: custom ? {} : platform,
    platform,
    clock,
    baseUrl,
    signal: options.signal,
    async token() {
      const found = await credential();
      return found?.type === 'bearer' ? found.token : undefined;
    },
    introspect,
    async whoAmI(callOptions) {
      const { active, username } = await introspect(callOptions);
      if (active && username) return username;
      throw new AuthenticationError('the API token was revoked or has expired', {
        status: 200,
        method: methodPath(introspectToken),
      });
    },
    requireCredential: async (what) => requireCredential(await credential(), what),
    log: (line) => sink?.(line),
  };
}
