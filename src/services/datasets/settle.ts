import type { KaggleClient } from '../../core/client.ts';
import { ApiError, ConnectionError, RateLimitError } from '../../core/errors.ts';
import { pauseFor, type Sleep } from '../../core/transfer/pause.ts';
import type { ApiDataset } from './generated/index.ts';
import { lookUp } from './look-up.ts';
import type { DatasetHandle } from './ref.ts';

/** How often a version is looked for after an answer was lost, with pauses of half a second, doubled each time. */
const looks = 5;

/** How often the call is made in all. */
const attempts = 4;

/** Whether the server may have carried out a call that ended like this. */
function isAmbiguous(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ApiError && error.status >= 500);
}

/**
 * Makes the call that turns uploaded files into a version. A refusal for too many requests did nothing, so it is made
 * again after the pause that was asked for. After a lost answer it is not repeated blindly: first it looks whether
 * the version has `appeared`, and only when it does not show is the call made again. Resolves to the answer, or to
 * `undefined` when the version is there but its answer was lost.
 */
export async function settle<T>(
  client: KaggleClient,
  handle: DatasetHandle,
  appeared: (dataset: ApiDataset | undefined) => boolean,
  send: () => Promise<T>,
  options: { signal: AbortSignal; sleep?: Sleep | undefined },
): Promise<T | undefined> {
  const { signal } = options;
  let lost = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      signal.throwIfAborted();
      const refused = error instanceof RateLimitError;
      // Refused the second time because the first one had worked, or lost: only the dataset itself can tell.
      if (!refused && (isAmbiguous(error) || lost)) {
        for (let look = 1; look <= looks; look++) {
          if (appeared(await lookUp(client, handle, { signal }))) return undefined;
          if (look < looks) await pauseFor({ attempt: look }, signal, options.sleep);
        }
        lost = true;
      }
      if (attempt >= attempts || !(refused || isAmbiguous(error))) throw error;
      const retryAfterMs = refused ? error.retryAfterMs : undefined;
      await pauseFor({ attempt, retryAfterMs }, signal, options.sleep);
    }
  }
}
