/** A Worker that runs the cases: `/r2`, `/state`, `/rest`; each returns an Outcome. */
import {
  type KvNamespaceLike,
  kvState,
  memoryPlatform,
  type R2BucketLike,
  workersHasher,
  workersPlatform,
} from '../../../src/platform/workers/index.ts';
import { equal, type Outcome, runCases } from '../check.ts';
import { filesystemCases, places, timeCases } from '../filesystem-cases.ts';
import { hasherCases } from '../hasher-cases.ts';
import { r2Cases } from '../r2-cases.ts';
import { stateCases } from '../state-cases.ts';
import { streamCases } from '../stream-cases.ts';

interface Bindings {
  BUCKET: R2BucketLike;
  KV: KvNamespaceLike;
}

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    const outcome: Outcome = { passed: 0, failures: [] };
    const platform = workersPlatform({ env, state: kvState(env.KV), hasher: workersHasher });
    const area = new URL(request.url).pathname;
    if (area === '/r2') await runCases(r2Cases, () => env.BUCKET, outcome);
    if (area === '/state') await runCases(stateCases, () => platform.state!, outcome);
    if (area === '/rest') {
      const memory = memoryPlatform();
      await runCases({ ...filesystemCases, ...timeCases }, places(memory.fs!, '/work'), outcome);
      await runCases(hasherCases, () => platform, outcome);
      await runCases(streamCases, () => undefined, outcome);
      await runCases(
        {
          async 'texts among the bindings are the environment'() {
            equal(platform.env?.('KAGGLE_API_TOKEN'), 'KGAT_test', 'a variable');
            equal(platform.env?.('BUCKET'), undefined, 'a bucket');
            equal(platform.env?.('NOPE'), undefined, 'nothing');
          },
          async 'without bindings there is neither state nor file system'() {
            const bare = workersPlatform();
            equal([bare.state, bare.fs, bare.env?.('X'), bare.home], [null, null, null, null], 'members');
          },
        },
        () => undefined,
        outcome,
      );
    }
    return Response.json(outcome);
  },
};
