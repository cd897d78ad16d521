/**
 * A Worker that makes a dataset of the objects below `in/`, with its state in KV. `/fill` makes them; `/send` answers
 * with what was made; `/send?stop=NAME` gives up when a part of that file is sent.
 */
import { createOrVersion } from '../../../src/services/datasets/index.ts';
import {
  countSubrequests,
  createClient,
  type KvNamespaceLike,
  kvState,
  type R2BucketLike,
  r2Folder,
  r2Sources,
  workersPlatform,
} from '../../../src/workers.ts';
import { pattern } from '../check.ts';

interface Bindings {
  BUCKET: R2BucketLike;
  KV: KvNamespaceLike;
  ENDPOINT: string;
}

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/fill') {
      for (const [name, mib] of searchParams) {
        const sink = await r2Folder(env.BUCKET, 'in').sink(name);
        await sink.write(pattern(Number(mib) << 20), 0);
        await sink.commit();
      }
      return Response.json(true);
    }
    const stop = searchParams.get('stop');
    const gone = new AbortController();
    const subrequests = countSubrequests({ limit: 1000 });
    const client = createClient({
      endpoint: env.ENDPOINT,
      token: 'KGAT_test',
      platform: workersPlatform({ env, state: kvState(subrequests.namespace(env.KV)) }),
      fetch: subrequests.fetch,
      signal: subrequests.signal,
    });
    const dataset = {
      owner: 'alice',
      slug: 'from-r2',
      title: 'From R2',
      notes: 'by a Worker',
      files: await r2Sources(subrequests.bucket(env.BUCKET), 'in'),
    };
    try {
      const made = await createOrVersion(client, dataset, {
        concurrency: 1,
        signal: gone.signal,
        onProgress({ file, transferred, total = 0 }) {
          if (file === stop && transferred > total / 3) gone.abort(new Error(`stopped in ${file}`));
        },
      });
      return Response.json({ versionNumber: made.versionNumber, used: subrequests.used });
    } catch (error) {
      return Response.json({ error: (error as Error).message });
    }
  },
};
