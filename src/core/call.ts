import { checkFailure, readAnswer } from './answer.ts';
import { type Credential, threeWays } from './auth/credential.ts';
import type { CallOptions } from './client.ts';
import type { Json } from './codec/message.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { ApiError, AuthenticationError, ConnectionError, isKaggleError } from './errors.ts';
import type { Http } from './http.ts';
import { type Method, methodPath } from './method.ts';
import { redactError } from './redact.ts';
import { isTransient, retryDelay } from './retry.ts';
import { sleep } from './sleep.ts';

/** What a call needs from its client. */
export interface CallContext {
  /** What sends requests, with the credential or without. */
  http(auth: boolean): Http;
  readonly baseUrl: string;
  readonly opaqueRedirects: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly retry: number;
  readonly signal: AbortSignal | undefined;
  credential(): Promise<Credential | undefined>;
  log: ((line: string) => void) | undefined;
}

/** A method as the transport sees it: the typed ones come from the contract, the untyped ones have only their name. */
export type Callable = Pick<Method, 'service' | 'name'> &
  Partial<Pick<Method, 'idempotent' | 'auth' | 'failure' | 'raw' | 'response'>>;

/** Services whose requests hold tokens in the body: such a request must not go where a redirect points. */
const secretBodies = new Set(['security.OAuthService', 'users.AccountService']);

async function send(
  context: CallContext,
  method: Callable,
  body: string,
  options: CallOptions,
  signal: AbortSignal,
): Promise<Response> {
  const path = methodPath(method);
  const secret = secretBodies.has(method.service);
  const response = await context.http(options.auth !== false).post(`${context.baseUrl}/${path}`, {
    headers: {
      ...options.headers,
      'content-type': 'application/json',
      // Lengths and hashes of files are those of the plain bytes. A page may not set this header.
      ...(method.raw && !context.opaqueRedirects && { 'accept-encoding': 'identity' }),
    },
    body,
    // Not `error`: Workers do not have it.
    redirect: secret ? 'manual' : 'follow',
    signal,
  });
  const redirected = response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400);
  if (!secret || !redirected) return response;
  await response.body?.cancel();
  const { status } = response;
  throw new ApiError(`${path}: redirected, which a request with a token does not follow`, { status, method: path });
}

/** Runs `attempt` until it succeeds, fails for good, has used up its retries, or the deadline would pass. */
async function withRetries<T>(retries: number, deadline: Deadline, attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      const delay =
        count <= retries && isTransient(error) ? retryDelay(count, (error as ApiError).retryAfterMs) : undefined;
      if (delay === undefined || delay >= deadline.left()) throw error;
      await sleep(delay, deadline.signal);
    }
  }
}

/** Turns what a runtime throws when no answer came into our own error; an abort keeps its reason. */
function asOwnError(error: unknown, signal: AbortSignal, path: string): unknown {
  if (signal.aborted) return signal.reason;
  if (isKaggleError(error)) return error;
  const cause = redactError((error as { cause?: unknown }).cause ?? error);
  return new ConnectionError(`${path}: no answer (${cause.message})`, { cause });
}

/** Throws `AuthenticationError`, before anything is sent, when there is no credential. */
export async function requireCredential(context: Pick<CallContext, 'credential'>, what: string): Promise<void> {
  if (await context.credential()) return;
  throw new AuthenticationError(`${what} needs a credential: ${threeWays}`, { status: 0, method: what });
}

/** Calls a method and hands `read` each response that is not an error; retries include the reading. */
async function perform<T>(
  context: CallContext,
  method: Callable,
  json: Json,
  options: CallOptions,
  read: (response: Response, anonymous: boolean) => T | Promise<T>,
): Promise<T> {
  const path = methodPath(method);
  if (method.auth && options.auth !== false) await requireCredential(context, path);
  const anonymous = options.auth === false || !(await context.credential());
  const deadline = startDeadline(path, options.timeout ?? context.timeout, [context.signal, options.signal]);
  const body = JSON.stringify(json);
  const started = Date.now();
  let attempts = 0;
  let outcome = 'failed';
  try {
    deadline.signal.throwIfAborted();
    const retries = options.retry === false ? 0 : (options.retry ?? (method.idempotent ? context.retry : 0));
    return await withRetries(retries, deadline, async () => {
      attempts++;
      try {
        const response = await send(context, method, body, options, deadline.signal);
        outcome = String(response.status);
        if (response.status >= 400) readAnswer(response, await response.text(), { method: path, anonymous });
        return await read(response, anonymous);
      } catch (error) {
        throw asOwnError(error, deadline.signal, path);
      }
    });
  } finally {
    deadline.stop();
    const tries = attempts > 1 ? `, ${attempts} attempts` : '';
    context.log?.(`POST ${context.baseUrl}/${path} ${outcome} (${Date.now() - started} ms${tries})`);
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
  const path = methodPath(method);
  return perform(context, method, json, options, async (response, anonymous) => {
    const text = await response.text();
    if (expectsNothing && !text.trimStart().startsWith('{')) return undefined;
    const answer = readAnswer(response, text, { method: path, anonymous });
    if (method.failure) checkFailure(answer, method.failure, response, path);
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
