import { abortable } from '../abortable.ts';
import { type Credential, explainRefusal, secretsOf } from '../auth/credential.ts';
import { hasSecretBody } from '../auth/identity.ts';
import { checkMembers, type MemberTypes } from '../check-members.ts';
import type { Json } from '../codec/message.ts';
import { ApiError, AuthenticationError, ValidationError } from '../errors.ts';
import type { Clock } from '../platform.ts';
import { type CallInfo, checkFailure, readAnswer } from './answer.ts';
import type { CallOptions } from './client.ts';
import { type ProbeContext, toConnectionError } from './connection.ts';
import { startDeadline } from './deadline.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { type HeaderContext, requestHeaders } from './headers.ts';
import type { Limit } from './limit.ts';
import { isRepeatable, type Method, methodPath } from './method.ts';
import { checkRawAnswer } from './raw-answer.ts';
import { readText } from './read-text.ts';
import { isTransient, retryDelay } from './retry.ts';

/** The parts of a client that calls use. */
export interface CallContext extends HeaderContext, ProbeContext {
  readonly send: GuardedFetch;
  /** Limits the number of concurrent calls. */
  readonly limit: Limit;
  /** Seconds. */
  readonly timeout: number;
  readonly retry: number;
  readonly signal: AbortSignal | undefined;
  credential(): Promise<Credential | undefined>;
  /** How to provide a credential on this platform. */
  credentialHelp(): string;
  readonly clock: Clock;
  log: ((line: string) => void) | undefined;
}

/** A method as the transport sees it. Untyped calls know only its service and name. */
export type Callable = Pick<Method, 'service' | 'name'> &
  Partial<Pick<Method, 'idempotent' | 'auth' | 'failure' | 'raw' | 'response'>>;

const callTypes: MemberTypes<CallOptions> = {
  signal: 'an object',
  timeout: 'a number',
  retry: 'a number or false',
  auth: 'true or false',
  headers: 'an object',
};

/** Bytes of the body of an HTTP error that are read. */
const longestError = 2 ** 20;

/** Whether a value is long enough to be searched for in a server's message without false matches. */
const isLong = (value: unknown): value is string => typeof value === 'string' && value.length >= 8;

/** Throws for a redirect of a request whose body contains a secret. */
async function refuseRedirect(response: Response, path: string): Promise<void> {
  const { status, type } = response;
  if (type !== 'opaqueredirect' && (status < 300 || status >= 400)) return;
  await response.body?.cancel();
  throw new ApiError(`${path}: refusing to follow a redirect for a request that contains a token`, {
    status,
    method: path,
  });
}

/** Throws `AuthenticationError` if there is no credential, before anything is sent. */
export function requireCredential(
  credential: Credential | undefined,
  what: string,
  help: () => string,
): asserts credential {
  if (credential) return;
  throw new AuthenticationError(`${what}: no credential found; ${help()}`, { status: 0, method: what });
}

function stringify(path: string, json: Json): string {
  let text: string | undefined;
  let why = 'expected an object';
  try {
    text = JSON.stringify(json);
  } catch (error) {
    // A bigint, a circular reference, or a toJSON that throws.
    why = (error as Error).message.split('\n')[0]!;
  }
  if (text !== undefined) return text;
  throw new ValidationError(`${path}: cannot write the request as JSON: ${why}`);
}

/** Calls a method and passes each successful response to `read`. A failed read is retried like a failed request. */
async function perform<T>(
  context: CallContext,
  method: Callable,
  json: Json,
  options: CallOptions,
  read: (response: Response, info: CallInfo) => Promise<T>,
): Promise<T> {
  const path = methodPath(method);
  checkMembers(path, options, callTypes);
  const body = stringify(path, json);
  const newHeaders = () => {
    const headers = requestHeaders(options.headers, context);
    headers.set('content-type', 'application/json');
    // Lengths and hashes of files refer to the uncompressed bytes. Browsers forbid setting this header.
    if (!context.opaqueRedirects && method.raw) headers.set('accept-encoding', 'identity');
    return headers;
  };
  // Validated before anything is sent. Each attempt needs its own, as redirects remove some.
  let first: Headers | undefined = newHeaders();
  const secret = hasSecretBody(method.service);
  const wanted = options.retry ?? (method.idempotent ? context.retry : 0);
  const retries = isRepeatable(method) ? Number(wanted) : 0;
  const deadline = startDeadline(path, options.timeout ?? context.timeout, [context.signal, options.signal]);
  const { signal } = deadline;
  const started = Date.now();
  let outcome = 'failed';
  let attempt = 0;

  /** Sends the request once. */
  async function send(info: CallInfo, credential: Credential | undefined): Promise<T> {
    signal.throwIfAborted();
    const headers = first ?? newHeaders();
    first = undefined;
    const response = await context.send(
      `${context.baseUrl}/${path}`,
      // Workers do not support `redirect: 'error'`.
      { method: 'POST', headers, body, redirect: secret ? 'manual' : 'follow', signal },
      credential,
    );
    outcome = String(response.status);
    if (secret) await refuseRedirect(response, path);
    if (response.status >= 400) readAnswer(response, await readText(response, longestError), info);
    return read(response, info);
  }

  async function repeat(): Promise<T> {
    signal.throwIfAborted();
    // Once for all attempts, as the provider may have to fetch it.
    const credential = options.auth === false ? undefined : await context.credential();
    if (method.auth && options.auth !== false) requireCredential(credential, path, context.credentialHelp);
    const info: CallInfo = {
      method: path,
      reads: isRepeatable(method),
      unauthorized: (name) =>
        credential ? explainRefusal(credential, name) : `no credential was sent; ${context.credentialHelp()}`,
      secrets: () => [...secretsOf(credential), ...(secret ? Object.values(json ?? {}).filter(isLong) : [])],
    };
    for (attempt = 1; ; attempt++) {
      try {
        return await context.limit(() => send(info, credential));
      } catch (failure) {
        const error = signal.aborted ? signal.reason : await toConnectionError(failure, path, context, signal);
        const again = attempt <= retries && isTransient(error);
        const delay = again ? retryDelay(attempt, (error as ApiError).retryAfterMs, context.clock.random) : undefined;
        if (delay === undefined || delay >= deadline.remaining()) throw error;
        await context.clock.sleep(delay, signal);
      }
    }
  }

  try {
    return await abortable(repeat(), signal);
  } finally {
    deadline.stop();
    const tries = attempt > 1 ? `, ${attempt} attempts` : '';
    if (attempt > 0) context.log?.(`POST ${context.baseUrl}/${path} ${outcome} (${Date.now() - started} ms${tries})`);
  }
}

/** Calls an RPC and resolves to its JSON; to `undefined` for a method without a response. */
export function callForJson(
  context: CallContext,
  method: Callable,
  json: Json,
  options: CallOptions,
  expectsNothing: boolean,
): Promise<unknown> {
  return perform(context, method, json, options, async (response, info) => {
    const text = await readText(response);
    if (expectsNothing && !text?.trimStart().startsWith('{')) return undefined;
    const answer = readAnswer(response, text, info);
    if (method.failure) checkFailure(response, answer, method.failure, info);
    return expectsNothing ? undefined : answer;
  });
}

/** Calls an RPC and resolves to the HTTP response. The caller's signals also abort reading its body. */
export function callForResponse(
  context: CallContext,
  method: Callable,
  json: Json,
  options: CallOptions,
): Promise<Response> {
  return perform(context, method, json, options, async (response, info) => {
    if (method.raw) await checkRawAnswer(response, info);
    return response;
  });
}
