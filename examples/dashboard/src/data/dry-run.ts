import {
  browserPlatform,
  createClient,
  type KaggleClient,
  ValidationError,
  type ValidationIssue,
} from 'kaggle-ts/browser';

/**
 * Runs the checks of a function of kaggle-ts without its effect: everything is checked before anything is sent, and this client aborts
 * the call when it sends something.
 */
export async function issuesOf(
  call: (client: KaggleClient, signal: AbortSignal) => Promise<unknown>,
): Promise<readonly ValidationIssue[]> {
  const sent = new AbortController();
  const checking = createClient({
    endpoint: '/kaggle',
    credential: 'proxy',
    platform: browserPlatform(),
    async fetch() {
      sent.abort();
      throw sent.signal.reason;
    },
  });
  try {
    await call(checking, sent.signal);
  } catch (error) {
    if (error instanceof ValidationError) return error.issues;
    if (!sent.signal.aborted) throw error;
  }
  return [];
}
