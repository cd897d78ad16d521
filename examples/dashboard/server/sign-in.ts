import { createAttempts, networkOf } from './attempts.ts';
import { refuse } from './replies.ts';
import type { Sessions } from './session.ts';

/** What the page learns about its session. */
interface SessionState {
  /** Whether a password is required. */
  required: boolean;
  signedIn: boolean;
  /** ISO 8601; absent without a session. */
  expires?: string;
}

const reply = (state: SessionState, headers: Record<string, string> = {}): Response =>
  Response.json(state, { headers: { 'cache-control': 'no-store', ...headers } });

/** Maximum size of the body of a sign-in in bytes. */
const largestBody = 4096;

/** The text of a body; `undefined` if it is too large. */
async function readText({ body }: Request): Promise<string | undefined> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return text + decoder.decode();
    size += value!.length;
    if (size > largestBody) {
      await reader!.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

function passwordIn(text: string): string | undefined {
  try {
    const { password } = JSON.parse(text) as { password?: unknown };
    return typeof password === 'string' ? password : undefined;
  } catch {
    return undefined;
  }
}

/** Handles requests to `/session`. */
export type SignIn = (request: Request, isSecure: boolean, info: unknown) => Promise<Response>;

/**
 * Creates the handler of `/session`: GET tells whether somebody is signed in, POST with `{ "password": "..." }` signs in,
 * DELETE signs out.
 *
 * @param sessions - `undefined` if no password is required.
 */
export function createSignIn(sessions: Sessions | undefined, now: () => number): SignIn {
  const attempts = createAttempts(now);

  async function signIn(request: Request, isSecure: boolean, info: unknown): Promise<Response> {
    if (!sessions) return reply({ required: false, signedIn: true });
    if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
      const message = 'expected the content type application/json';
      return refuse({ status: 415, reason: 'INVALID_ARGUMENT', rule: 'content-type', message });
    }
    const text = await readText(request);
    if (text === undefined) {
      const message = `the body has more than ${largestBody} bytes; send { "password": "..." }`;
      return refuse({ status: 413, reason: 'INVALID_ARGUMENT', rule: 'body', message });
    }
    const password = passwordIn(text);
    if (password === undefined) {
      const message = 'expected JSON such as { "password": "..." }';
      return refuse({ status: 400, reason: 'INVALID_ARGUMENT', rule: 'body', message });
    }
    const address = networkOf(info);
    const seconds = attempts.begin(address);
    if (seconds > 0) {
      const message = `too many wrong passwords; try again in ${seconds} s`;
      const headers = { 'retry-after': String(seconds) };
      return refuse({ status: 429, reason: 'RESOURCE_EXHAUSTED', rule: 'attempts', message, headers });
    }
    if (!(await sessions.isPassword(password))) {
      const message = 'wrong password; try again';
      return refuse({ status: 401, reason: 'WRONG_PASSWORD', rule: 'password', message });
    }
    attempts.succeed(address);
    const { cookie, expires } = await sessions.start(isSecure);
    return reply({ required: true, signedIn: true, expires: expires.toISOString() }, { 'set-cookie': cookie });
  }

  return async (request, isSecure, info) => {
    const { method } = request;
    if (method === 'POST') return signIn(request, isSecure, info);
    if (method === 'DELETE') {
      if (!sessions) return reply({ required: false, signedIn: true });
      return reply({ required: true, signedIn: false }, { 'set-cookie': sessions.end(isSecure) });
    }
    if (method === 'GET' || method === 'HEAD') {
      if (!sessions) return reply({ required: false, signedIn: true });
      const expires = await sessions.find(request, isSecure);
      return reply({
        required: true,
        signedIn: expires !== undefined,
        ...(expires && { expires: expires.toISOString() }),
      });
    }
    return refuse({
      status: 405,
      reason: 'INVALID_ARGUMENT',
      rule: 'method',
      message: `${method} is not allowed for /session; use GET, POST or DELETE`,
      headers: { allow: 'GET, HEAD, POST, DELETE' },
    });
  };
}
