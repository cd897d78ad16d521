import { abortable } from '../core/abortable.ts';
import { ApiError, AuthenticationError, ConnectionError, TimeoutError } from '../core/errors.ts';
import { redact } from '../core/redact.ts';
import { redirectOf } from '../core/redirect.ts';
import { startDeadline } from '../core/rpc/deadline.ts';
import { parseErrorBody } from '../core/rpc/error-body.ts';
import { readText } from '../core/rpc/read-text.ts';
import { changesWhenParsed } from '../core/web-url.ts';
import { type Exchange, hide } from './exchange.ts';
import { Refusal } from './refusal.ts';
import { passedHeaders } from './responses.ts';

/** Converts an error of the client to a refusal that contains nothing of it. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const fail = (status: number, message: string) => Object.assign(new Refusal(status, message), { cause: error });
  if (error instanceof AuthenticationError)
    return fail(424, 'the proxy has no valid Kaggle credential; its operator has to provide one');
  if (error instanceof TimeoutError) return fail(504, 'Kaggle did not respond in time; try again');
  if (error instanceof ConnectionError) return fail(502, 'no response from Kaggle; try again');
  if (error instanceof ApiError) return fail(error.status < 400 ? 502 : error.status, error.message);
  return fail(500, 'the proxy failed; its log has the reason');
}

/** Sends a request to Kaggle, whose response has to begin in time. The signal of the page also aborts its body. */
export async function ask(
  { request, limits }: Exchange,
  send: (signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const deadline = startDeadline('proxy', limits.timeout, [request.signal]);
  try {
    return await abortable(send(deadline.signal), deadline.signal);
  } finally {
    deadline.stop();
  }
}

/** Reads a response of Kaggle, which has to end in time. Resolves to `undefined` if it has more than `most` bytes. */
export async function readAnswer(
  { body, headers }: Response,
  { request, limits }: Exchange,
  most?: number,
): Promise<string | undefined> {
  const deadline = startDeadline('proxy', limits.timeout, [request.signal]);
  try {
    // To abort the pipe also ends the connection to Kaggle.
    const timed = body?.pipeThrough(new TransformStream(), { signal: deadline.signal });
    return await readText(new Response(timed, { headers }), most);
  } finally {
    deadline.stop();
  }
}

/** Bytes of an error, or of what the storage says about an object, that are read. */
export const longestNote: number = 2 ** 20;
/** Characters of an error that are passed to the page. */
const longestMessage = 2000;

/** Throws the error of a response of Kaggle or its storage, without secrets. */
export async function refuseAs(response: Response, exchange: Exchange): Promise<never> {
  const { status } = response;
  const { message, reason } = parseErrorBody((await readAnswer(response, exchange, longestNote)) ?? '');
  const said = redact(hide(message ?? `HTTP ${status}`, exchange)).slice(0, longestMessage);
  if (status === 401)
    throw new Refusal(424, `Kaggle rejected the credential of the proxy (${said}); its operator has to replace it`);
  const retryAfter = passedHeaders(response, ['retry-after']).get('retry-after');
  const refusal = new Refusal(status, said, undefined, retryAfter === null ? {} : { 'retry-after': retryAfter });
  // The status words of the server, but never the one that means this proxy.
  const known = hide(reason ?? '', exchange);
  const word = /^[A-Za-z_]{1,40}$/.test(known) && known !== 'NOT_ALLOWED' ? known : 'UNKNOWN';
  throw Object.assign(refusal, { reason: word });
}

/** The target of a redirect; `undefined` if the response is none. */
export function redirectTarget(response: Response, from: string, hop: number): URL | undefined {
  const fail = () => new Refusal(502, 'Kaggle sent a redirect that cannot be followed', 'storage');
  const next = redirectOf(response, from, 'GET', hop, fail);
  const location = response.headers.get('location') ?? '';
  if (next && /^https?:/i.test(location) && changesWhenParsed(location)) throw fail();
  if (next) response.body?.cancel().catch(() => undefined);
  return next && new URL(next.url);
}

/** Throws if Kaggle redirects to a server that is not its own. */
export function requireStorage(url: URL, { addresses }: Exchange): URL {
  if (addresses.isStorage(url)) return url;
  throw new Refusal(
    502,
    `Kaggle redirected to ${url.origin}, which is not its storage; add it to storage of the proxy`,
    'storage',
  );
}
