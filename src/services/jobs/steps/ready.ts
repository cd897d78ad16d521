import type { KaggleClient } from '../../../core/rpc/client.ts';
import { pollDelay } from '../../../core/rpc/poll.ts';
import * as datasets from '../../datasets/index.ts';
import type { StepContext, StepWork } from './context.ts';

/** Look-ups of one step. Kaggle's first statuses change within seconds. */
const looks = 3;

/** Kaggle unpacks these, and lists their content. */
const isArchive = (name: string) => /\.(?:zip|tar|tgz|gz)$/i.test(name);

/** The client, whose waits end the step after `looks` look-ups. */
function withoutWaiting({ client, stop }: StepContext): KaggleClient {
  let waits = 0;
  return {
    ...client,
    clock: {
      ...client.clock,
      sleep: (ms, signal) => (++waits >= looks ? stop.throw('wait') : client.clock.sleep(ms, signal)),
    },
  };
}

/** The number of the version with the marker; `undefined` as long as Kaggle does not show it. */
async function findNumber({ client, draft, memo, signal }: StepContext): Promise<number | undefined> {
  const { owner, slug } = draft.plan.dataset!;
  const { versions } = await datasets.get(client, `${owner}/${slug}`, { signal });
  const found = versions?.find(({ versionNotes }) => memo.marker && versionNotes?.includes(memo.marker));
  return found?.versionNumber === undefined ? undefined : Number(found.versionNumber);
}

/** Checks whether Kaggle has processed the version and lists its files. */
export const ready: StepWork = async (context) => {
  const { draft, memo, stop, signal } = context;
  const { owner, slug, files } = draft.plan.dataset!;
  const version = draft.dataset?.versionNumber ?? (await findNumber(context));
  const pause = () => pollDelay(1 + (memo.waits ?? 0), { first: 5, longest: 60 }, () => 0) / 1000;
  if (version === undefined) return pause();
  draft.dataset = { ...draft.dataset!, ref: `${owner}/${slug}/${version}`, versionNumber: version };
  const names = files.filter((name) => !isArchive(name)).map((name) => name.slice(name.lastIndexOf('/') + 1));
  try {
    await datasets.waitUntilReady(
      withoutWaiting(context),
      { owner, slug, version },
      { files: names, signal, timeout: 0 },
    );
  } catch (error) {
    if (stop.reason !== 'wait') throw error;
    return pause();
  }
  draft.step = 'push';
  return undefined;
};
