import { type ReadonlySignal, signal } from '@preact/signals';

const ended = signal(false);
const asking = signal(false);
/** The requests that wait for the sign-in. */
let waiting: PromiseWithResolvers<void> | undefined;
let signIns = 0;

/** Whether the session of the dashboard has expired, or there was none. */
export const isSignedOut: ReadonlySignal<boolean> = ended;

/** Whether the sign-in dialog is open. */
export const isAsking: ReadonlySignal<boolean> = asking;

/** Number of sign-ins since the page was opened. A request that was sent before the last one may use the session before it. */
export const signInCount = (): number => signIns;

/** Opens or closes the sign-in dialog. Requests wait while it is closed, too. */
export function ask(open: boolean): void {
  asking.value = open;
}

/**
 * Waits until somebody is signed in again; opens the sign-in dialog if it was not open yet. Whatever was typed or sent remains, and
 * continues then.
 *
 * @throws The reason of `signal` if it is aborted.
 */
export function signedIn(signal?: AbortSignal | null): Promise<void> {
  signal?.throwIfAborted();
  if (!waiting) {
    waiting = Promise.withResolvers();
    ended.value = true;
    asking.value = true;
  }
  const { promise } = waiting;
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve).finally(() => signal.removeEventListener('abort', abort));
  });
}

function resume(): void {
  signIns++;
  ended.value = false;
  asking.value = false;
  waiting?.resolve();
  waiting = undefined;
}

/** The session, as the server describes it. */
export interface Session {
  /** Whether the dashboard has a password. */
  required: boolean;
  signedIn: boolean;
}

/** Asks the server whether somebody is signed in, for example in another tab. If so, the waiting requests continue. */
export async function checkSession(): Promise<Session> {
  const session = (await (await fetch('/session')).json()) as Session;
  if (session.signedIn && waiting) resume();
  return session;
}

/**
 * Signs in. Then the waiting requests are sent again.
 *
 * @throws `Error` with the message of the server if the password is wrong, or after too many attempts.
 */
export async function signIn(password: string): Promise<void> {
  const response = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password }),
  }).catch(() => {
    throw new Error('the server cannot be reached; check the connection and try again');
  });
  if (!response.ok) {
    const body = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined;
    throw new Error(body?.error?.message ?? `the server returned the status ${response.status}; try again later`);
  }
  resume();
}

const failed = signal<string | undefined>(undefined);

/** Why the last attempt to sign out failed. */
export const signOutFailure: ReadonlySignal<string | undefined> = failed;

/** Signs out in all tabs. Resolves to whether it succeeded; if not, see `signOutFailure`. */
export async function signOut(): Promise<boolean> {
  failed.value = undefined;
  try {
    const { ok, status } = await fetch('/session', { method: 'DELETE' });
    if (!ok) failed.value = `the server returned the status ${status}`;
  } catch {
    failed.value = 'the server cannot be reached';
  }
  return failed.value === undefined;
}
