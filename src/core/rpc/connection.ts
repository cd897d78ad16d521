import { ConnectionError, isKaggleError } from '../errors.ts';
import { redactError } from '../redact.ts';

/** How runtimes report an untrusted certificate: Node and Bun by codes, Deno and workerd in the message. */
const certificate = /^\w*(?:CERT|LEAF_SIGNATURE)|peer(?:'s)? certificate/;

/** How runtimes report plain HTTP from the server of an https URL. */
const notTls = /wrong.version.number|packet length too long|InvalidContentType|speak TLS/i;

/** What is needed to find out whether CORS is the reason of a failure. */
export interface ProbeContext {
  readonly baseUrl: string;
  readonly opaqueRedirects: boolean;
  /** Sends a request, as the client does. */
  ask(request: Request): Promise<Response>;
}

/**
 * Whether the server is reachable, but CORS keeps this page from reading its responses. Browsers report a CORS failure like a
 * lost connection, so this sends a request that needs no CORS permission, which must succeed, and one that needs it as calls
 * do, which must fail.
 */
async function isForbiddenByCors({ baseUrl, ask }: ProbeContext, signal: AbortSignal): Promise<boolean> {
  const succeeds = (init: RequestInit) =>
    ask(new Request(baseUrl, { ...init, credentials: 'omit', signal })).then(
      ({ body }) => {
        body?.cancel().catch(() => undefined);
        return true;
      },
      () => false,
    );
  const headers = { authorization: 'Bearer none', 'content-type': 'application/json' };
  return (await succeeds({ mode: 'no-cors' })) && !(await succeeds({ headers }));
}

/**
 * Turns a network error of the runtime into a `ConnectionError` that says what to do. Errors of this package pass unchanged. In
 * browsers, `probe` is used to find out whether CORS was the reason.
 */
export async function toConnectionError(
  error: unknown,
  what: string,
  probe: ProbeContext | undefined,
  signal: AbortSignal,
): Promise<unknown> {
  if (isKaggleError(error)) return error;
  const { cause: inner } = (error ?? {}) as { cause?: unknown };
  const cause = redactError(inner ?? error);
  const { code = cause.message } = cause as { code?: string };
  const fail = (hint: string) =>
    new ConnectionError(
      (name) =>
        `${what}: no response (${cause.message.trim()})${hint || `; check the network connection and ${name('endpoint')}`}`,
      { cause, permanent: hint !== '' },
    );
  if (notTls.test(`${code} ${cause.message}`)) return fail(': the server does not use TLS; try http://');
  if (certificate.test(code)) {
    return fail(
      ': the certificate is not trusted; for a private authority set NODE_EXTRA_CA_CERTS (DENO_CERT on Deno)',
    );
  }
  if (probe?.opaqueRedirects && (await isForbiddenByCors(probe, signal))) {
    return fail(': the server does not let this page read its responses (CORS); set endpoint to your own proxy');
  }
  return fail('');
}
