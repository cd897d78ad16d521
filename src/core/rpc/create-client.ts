import type { KyInstance } from 'ky';
import { abortable, abortableResponse } from '../abortable.ts';
import { type Credential, explainRefusal, secretsOf } from '../auth/credential.ts';
import { helpOf } from '../auth/environment.ts';
import { type Introspection, identityQuestion, introspectToken } from '../auth/identity.ts';
import { type CredentialProvider, providerOf } from '../auth/provider.ts';
import { checkMembers, invalidOption, type MemberTypes } from '../check-members.ts';
import type { Json } from '../codec/message.ts';
import { AuthenticationError, MissingCapabilityError, ValidationError } from '../errors.ts';
import type { Platform } from '../platform.ts';
import { systemClock } from '../sleep.ts';
import { type Callable, type CallContext, callForJson, callForResponse, requireCredential } from './call.ts';
import type { CallOptions, ClientOptions, KaggleClient, KaggleEnvironment } from './client.ts';
import { startDeadline } from './deadline.ts';
import { findEnvironment, resolveBaseUrl } from './endpoint.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { createLimit } from './limit.ts';
import { type Method, methodPath } from './method.ts';
import { createSender } from './sender.ts';
import { version } from './version.ts';

const barePlatform: Platform = { name: 'memory', concurrency: 4 };

const optionTypes: MemberTypes<ClientOptions> = {
  token: 'a string or a function',
  username: 'a string',
  key: 'a string',
  credential: 'a string',
  endpoint: 'a string or a URL object',
  environment: 'a string',
  iapToken: 'a string',
  fetch: 'a function',
  userAgent: 'a string',
  maxConnections: 'a number',
  verbose: 'true, false or a function',
  dangerouslyAllowBrowser: 'true or false',
  retry: 'a number or false',
  timeout: 'a number',
  signal: 'an object',
  platform: 'an object',
};

/** The token of the IAP proxy in front of STAGING and ADMIN. */
function findIapToken(options: ClientOptions, platform: Platform, environment: KaggleEnvironment): string | undefined {
  if (options.endpoint || !/STAGING|ADMIN/.test(environment)) return undefined;
  const token = (options.iapToken ?? platform.env?.('KAGGLE_IAP_TOKEN') ?? '').trim();
  if (/^[!-~]+$/.test(token)) return token;
  throw invalidOption(
    'iapToken',
    `the IAP token for ${environment} is ${token ? 'malformed' : 'missing'}; pass one or set KAGGLE_IAP_TOKEN`,
  );
}

/** Checks the names of an untyped call: `call('kernels.KernelsApiService', 'ListKernels', {...})`. */
function byName(service: unknown, name: unknown): Callable {
  const isText = typeof service === 'string' && typeof name === 'string';
  if (isText && /^[\w.]+\/\w+$/.test(`${service}/${name}`)) return { service, name };
  const got = isText ? `, got ${service}, ${name}` : '';
  throw new ValidationError(
    `call: expected a method from kaggle-ts/services, or the names of service and method${got}`,
  );
}

function refuseHttp(): never {
  throw new MissingCapabilityError("no client.http here; import { http } from 'kaggle-ts/http' and call http(client)");
}

/**
 * Creates a client. Reads and sends nothing before the first call. Throws `ValidationError` for invalid options. The entries of
 * the package pass `find` if the runtime can provide credentials, `http` where bundle size does not matter, and the platform of
 * the runtime. Without them there are no files, no environment, and only the credential of the options.
 */
export function createClient(
  options: ClientOptions = {},
  find: CredentialProvider = async () => undefined,
  http?: (client: KaggleClient) => KyInstance,
  platformOfRuntime: () => Platform = () => barePlatform,
): KaggleClient {
  checkMembers('createClient', options, optionTypes);
  const platform = options.platform ?? platformOfRuntime();
  const environment = findEnvironment(options.environment, platform);
  const baseUrl = resolveBaseUrl(options.endpoint, environment);
  const provider = providerOf(options, find);
  const opaqueRedirects = platform.opaqueRedirects ?? false;
  const timeout = options.timeout ?? 60;
  const retry = options.retry === false ? 0 : (options.retry ?? 4);
  const { maxConnections = 256 } = options;
  if (!(maxConnections >= 1))
    throw invalidOption('maxConnections', `expected a number of at least 1, got ${maxConnections}`);
  const custom = options.fetch;
  const sink = typeof options.verbose === 'function' ? options.verbose : options.verbose ? platform.log : undefined;
  const clock = platform.clock ?? systemClock;
  const userAgent = options.userAgent ?? `kaggle-ts/${version}`;
  if (!/^[ -~]+$/.test(userAgent)) throw invalidOption('userAgent', 'expected printable ASCII characters');
  // Called without a receiver: the global fetch of browsers and Workers rejects any other.
  const own = custom ?? platform.fetch;
  const ask = (request: Request): Promise<Response> => (own ?? fetch)(request);
  const send = guardedFetch({
    baseUrl,
    fetch(target, init) {
      if (!custom && platform.call && typeof target === 'string') return platform.call(target, init);
      if (!own) return fetch(target, init);
      const request = new Request(target, init);
      return abortableResponse(own(request), request.signal);
    },
    iapToken: findIapToken(options, platform, environment),
    opaqueRedirects,
  });
  /** The result of `requireCredential`, reused by the call that follows it, so that a `token` function is called once for both. */
  let checked: { credential: Credential; until: number } | undefined;
  const context: CallContext = {
    send,
    ask,
    limit: createLimit(maxConnections),
    userAgent,
    baseUrl,
    opaqueRedirects,
    timeout,
    retry,
    signal: options.signal,
    async credential() {
      const known = checked && clock.now() < checked.until ? checked.credential : undefined;
      checked = undefined;
      return known ?? provider({ platform, signal: options.signal, call: callWithoutCredential });
    },
    credentialHelp: () => helpOf(platform),
    clock,
    log: sink,
  };

  /** Implements both forms of `call` and `callRaw`: a method and a request, or two names and a request. */
  async function invoke(bytes: boolean, target: Method | string, ...rest: unknown[]): Promise<unknown> {
    const isTyped = typeof target !== 'string' && typeof target?.request?.encode === 'function';
    const method = isTyped ? target : byName(target, rest.shift());
    const [request = {}, settings = {}] = rest as [unknown?, CallOptions?];
    const json = isTyped ? target.request.encode(request) : (request as Json);
    if (bytes || method.raw) return callForResponse(context, method, json, settings);
    const { response } = method;
    const answer = await callForJson(context, method, json, settings, isTyped && !response);
    return response ? response.decode(answer) : answer;
  }

  const callWithoutCredential = async (service: string, name: string, request: unknown): Promise<unknown> =>
    callForJson(context, byName(service, name), request as Json, { auth: false }, false);

  /** Resolves to the credential, or throws. The deadline and the signals also end a `token` function that hangs. */
  async function credentialFor(what: string, { signal, timeout: seconds = timeout }: CallOptions = {}) {
    const deadline = startDeadline(what, seconds, [options.signal, signal]);
    try {
      deadline.signal.throwIfAborted();
      const credential = await abortable(context.credential(), deadline.signal);
      requireCredential(credential, what, context.credentialHelp);
      return credential;
    } finally {
      deadline.stop();
    }
  }

  async function introspect(callOptions: CallOptions = {}, what = 'introspect'): Promise<[Introspection, Credential]> {
    const credential = await credentialFor(what, callOptions);
    const { method, request, read } = identityQuestion(credential);
    const known = { ...context, credential: async () => credential };
    const answer = await callForJson(known, method, request as Json, callOptions, false);
    return [read((answer ?? {}) as Record<string, unknown>), credential];
  }

  const client: Omit<KaggleClient, 'http'> = {
    call: invoke.bind(null, false) as KaggleClient['call'],
    callRaw: invoke.bind(null, true) as KaggleClient['callRaw'],
    sender: () => createSender(context),
    timeout,
    retry,
    fetch: ask,
    transport: custom ? {} : platform,
    platform,
    clock,
    baseUrl,
    signal: options.signal,
    token: async () => (await context.credential())?.token,
    secrets: async () => secretsOf(await context.credential()),
    introspect: async (callOptions) => (await introspect(callOptions))[0],
    async whoAmI(callOptions) {
      const [{ active, username }, credential] = await introspect(callOptions, 'whoAmI');
      if (active && username) return username;
      throw new AuthenticationError((name) => `whoAmI: ${explainRefusal(credential, name)}`, {
        status: 200,
        method: methodPath(introspectToken),
      });
    },
    async requireCredential(what, callOptions) {
      const credential = await credentialFor(what, callOptions);
      checked = { credential, until: clock.now() + 60_000 };
    },
    log: (line) => sink?.(line),
  };
  const whole = client as KaggleClient;
  return Object.defineProperty(whole, 'http', http ? { value: http(whole), enumerable: true } : { get: refuseHttp });
}
