/**
 * The Worker of the workerd scenario: a dataset's file into R2, or an object of R2 into a dataset. Counts what Cloudflare
 * counts: each request and each operation on R2 is a subrequest, and six may wait for their answer at once.
 */
import { createOrVersion, download } from 'kaggle-ts/datasets';
import { createClient, r2Folder, r2Sources, workersPlatform } from 'kaggle-ts/workers';

const counts = { requests: 0, operations: 0, atOnce: 0 };
let waiting = 0;

/**
 * @template Result
 * @param {'requests' | 'operations'} kind
 * @param {() => Promise<Result>} run
 */
async function counted(kind, run) {
  counts[kind]++;
  counts.atOnce = Math.max(counts.atOnce, ++waiting);
  try {
    return await run();
  } finally {
    waiting--;
  }
}

const own = globalThis.fetch;
globalThis.fetch = (...args) => counted('requests', () => own(...args));

/**
 * A bucket, or an upload of one, whose operations are counted.
 * @param {any} target
 */
function watched(target) {
  return new Proxy(target, {
    get(_, name) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      return async (/** @type {unknown[]} */ ...args) => {
        const answer = await counted('operations', () => value.apply(target, args));
        return name === 'createMultipartUpload' ? watched(answer) : answer;
      };
    },
  });
}

export default {
  /**
   * @param {Request} request
   * @param {{ BUCKET: import('kaggle-ts/workers').R2BucketLike }} env
   */
  async fetch(request, env) {
    const { verb, url, owner, slug, file } = await request.json();
    const client = createClient({ endpoint: url, token: 'KGAT_test', platform: workersPlatform({ env }) });
    const bucket = watched(env.BUCKET);
    if (verb === 'upload') {
      await createOrVersion(client, { owner, slug, title: `Bench ${slug}`, files: await r2Sources(bucket, 'data') });
    } else {
      const [downloaded] = await download(client, { owner, slug, file }, r2Folder(bucket, 'data'));
      if (downloaded?.verified !== 'crc32c') throw new Error(`the download was verified by ${downloaded?.verified}`);
    }
    return Response.json(counts);
  },
};
