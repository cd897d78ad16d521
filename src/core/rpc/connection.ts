import { ConnectionError, isKaggleError } from '../errors.ts';
import { redactError } from '../redact.ts';

/** How the runtimes call a certificate that they do not accept: Node and Bun by codes, Deno and workerd in words. */
const certificate = /^\w*(?:CERT|LEAF_SIGNATURE)|peer(?:'s)? certificate/;

/** A server that speaks plain HTTP behind an address of https. */
const notTls = /wrong.version.number|packet length too long|InvalidContentType|speak TLS/i;

export interface Sending {
  readonly baseUrl: string;
  readonly opaqueRedirects: boolean;
  /** Sends a request as the client does. */
  ask(request: Request): Promise<Response>;
}

/**
 * Whether the server can be reached, but does not let this page read what it answers. A page is told no more of a request
 * that CORS forbids than of one whose connection failed: so a request that needs no permission must be answered, and one
 * that needs it, as calls do, must not.
 */
async function isForbidden({ baseUrl, ask }: Sending, signal: AbortSignal): Promise<boolean> {
  const isAnswered = (init: RequestInit) =>
    ask(new Request(baseUrl, { ...init, credentials: 'omit', signal })).then(
      ({ body }) => {
        body?.cancel().catch(() => undefined);
        return true;
      },
      () => false,
    );
  const headers = { authorization: 'Bearer none', 'content-type': 'application/json' };
  return (await isAnswered({ mode: 'no-cors' })) && !(await isAnswered({ headers }));
}

/**
 * What a runtime throws when no answer came, as an error of ours that says what can be done. Our own pass unchanged. With
 * `sending` a page finds out whether CORS was the reason.
 */
export async function noAnswer(
  error: unknown,
  what: string,
  sending: Sending | undefined,
  signal: AbortSignal,
): Promise<unknown> {
  if (isKaggleError(error)) return error;
  const { cause: inner } = (error ?? {}) as { cause?: unknown };
  const cause = redactError(inner ?? error);
  const { code = cause.message } = cause as { code?: string };
  const fail = (hint: string) =>
    new ConnectionError(`${what}: no answer (${cause.message.trim()})${hint}`, { cause, permanent: hint !== '' });
  if (notTls.test(`${code} ${cause.message}`)) return fail(': the server does not speak TLS; try http://');
  if (certificate.test(code)) {
    return fail(
      ': its certificate is not trusted; for an authority of your own set NODE_EXTRA_CA_CERTS (DENO_CERT on Deno)',
    );
  }
  if (sending?.opaqueRedirects && (await isForbidden(sending, signal))) {
    return fail(': the server does not let this page read its answers (CORS); set endpoint to a proxy of your own');
  }
  return fail('');
}
