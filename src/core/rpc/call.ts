import { abortable } from '../abortable.ts';
import { type Credential, credentialHelp } from '../auth/credential.ts';
import { hasSecretBody } from '../auth/identity.ts';
import { checkMembers, type MemberTypes } from '../check-members.ts';
import type { Json } from '../codec/message.ts';
import { ApiError, AuthenticationError, ConnectionError, isKaggleError } from '../errors.ts';
import type { Clock } from '../platform.ts';
import { redactError } from '../redact.ts';
import { type CallInfo, checkFailure, readAnswer } from './answer.ts';
import type { CallOptions } from './client.ts';
import { startDeadline } from './deadline.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { type Method, methodPath } from './method.ts';
import { isTransient, retryDelay } from './retry.ts';

/** What a call needs from its client. */
export interface CallContext {
  readonly send: GuardedFetch;
  readonly userAgent: string;
  readonly baseUrl: string;
  readonly opaqueRedirects: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly retry: number;
  readonly signal: AbortSignal | undefined;
  credential(): Promise<Credential | undefined>;
  readonly clock: Clock;
  log: ((line: string) => void) | undefined;
}

/** A method as the transport sees it: the typed ones come from the contract, the untyped ones have only their name. */
export type Callable = Pick<Method, 'service' | 'name'> &
  Partial<Pick<Method, 'idempotent' | 'auth' | 'failure' | 'raw' | 'response'>>;

const callTypes: MemberTypes<CallOptions> = {
  signal: 'object',
  timeout: 'number',
  retry: 'number or false',
  auth: 'true or false',
  headers: 'object',
};

/** Throws for a redirect of a request that must not be sent to another place. */
async function refuseRedirect(response: Response, path: string): Promise<void> {
  const { status, type } = response;
  if (type !== 'opaqueredirect' && (status < 300 || status >= 400)) return;
  await response.body?.cancel();
  throw new ApiError(`${path}: refusing to follow a redirect for a request that contains a token`, {
    status,
    method: path,
  });
}

/** Turns what a runtime throws when no answer came into our own error; an abort keeps its reason. */
export function asOwnError(error: unknown, signal: AbortSignal | null | undefined, path: string): unknown {
  if (signal?.aborted) return signal.reason;
  if (isKaggleError(error)) return error;
  const cause = redactError((error as { cause?: unknown }).cause ?? error);
  return new ConnectionError(`${path}: no answer (${cause.message})`, { cause });
}

/** Throws `AuthenticationError`, before anything is sent, when there is no credential. */
export function requireCredential(credential: Credential | undefined, what: string): asserts credential {
  if (credential) return;
  throw new AuthenticationError(`${what} needs a credential: ${credentialHelp}`, { status: 0, method: what });
}

/** Calls a method and hands `read` each response that is not an error; retries include the reading. */
async function perform<T>(
  context: CallContext,
  method: Callable,
  json: Json,
  options: CallOptions,
  read: (response: Response, info: CallInfo) => T | Promise<T>,
): Promise<T> {
  const path = methodPath(method);
  checkMembers(path, options, callTypes);
  const deadline = startDeadline(path, options.timeout ?? context.timeout, [context.signal, options.signal]);
  const started = Date.now();
  const secret = hasSecretBody(method.service);
  const body = JSON.stringify(json);
  const retries = options.retry === false ? 0 : (options.retry ?? (method.idempotent ? context.retry : 0));
  let outcome = 'failed';
  let attempt = 0;

  /** Sends the request once. */
  async function send(credential: Credential | undefined): Promise<T> {
    const info: CallInfo = { method: path, anonymous: !credential };
    const headers = new Headers(options.headers);
    headers.set('content-type', 'application/json');
    // Lengths and hashes of files are those of the plain bytes. A page may set neither of the two.
    if (!context.opaqueRedirects && !headers.has('user-agent')) headers.set('user-agent', context.userAgent);
    if (!context.opaqueRedirects && method.raw) headers.set('accept-encoding', 'identity');
    const response = await context.send(
      `${context.baseUrl}/${path}`,
      // Not `error`: Workers do not have it.
      { method: 'POST', headers, body, redirect: secret ? 'manual' : 'follow', signal: deadline.signal },
      credential,
    );
    outcome = String(response.status);
    if (secret) await refuseRedirect(response, path);
    if (response.status >= 400) readAnswer(response, await response.text(), info);
    return read(response, info);
  }

  try {
    deadline.signal.throwIfAborted();
    // Once for all attempts: the provider may have to fetch it.
    const credential = options.auth === false ? undefined : await abortable(context.credential(), deadline.signal);
    if (method.auth && options.auth !== false) requireCredential(credential, path);
    for (attempt = 1; ; attempt++) {
      try {
        // A fetch of one's own need not listen to the signal.
        return await abortable(send(credential), deadline.signal);
      } catch (failure) {
        const error = asOwnError(failure, deadline.signal, path);
        const again = attempt <= retries && isTransient(error);
        const delay = again ? retryDelay(attempt, (error as ApiError).retryAfterMs, context.clock.random) : undefined;
        if (delay === undefined || delay >= deadline.left()) throw error;
        await context.clock.sleep(delay, deadline.signal);
      }
    }
  } finally {
    deadline.stop();
    const tries = attempt > 1 ? `, ${attempt} attempts` : '';
    if (attempt > 0) context.log?.(`POST ${context.baseUrl}/${path} ${outcome} (${Date.now() - started} ms${tries})`);
  }
}

/** One RPC whose JSON answer is wanted; `undefined` for a method that answers with nothing. */
export function callForJson(
  context: CallContext,
  method: Callable,
  json: Json,
  options: CallOptions,
  expectsNothing: boolean,
): Promise<unknown> {
  return perform(context, method, json, options, async (response, info) => {
    const text = await response.text();
    if (expectsNothing && !text.trimStart().startsWith('{')) return undefined;
    const answer = readAnswer(response, text, info);
    if (method.failure) checkFailure(response, answer, method.failure, info);
    return expectsNothing ? undefined : answer;
  });
}

/** One RPC whose HTTP response is wanted. The caller's signals stay tied to its body. */
export function callForResponse(
  context: CallContext,
  method: Callable,
  json: Json,
  options: CallOptions,
): Promise<Response> {
  return perform(context, method, json, options, (response) => response);
}
