/**
 * A Worker that takes one step of a job for each request: `{ state, url }` in, `{ turn, requests, operations }` out. Without a state it
 * begins a job. With `bare` it makes that many requests without kaggle-ts. The bucket is in memory, so that only the Worker is measured.
 */
import {
  advanceJob,
  beginJob,
  countSubrequests,
  createClient,
  type JobState,
  type R2BucketLike,
  type R2UploadLike,
  r2Source,
  r2Target,
} from 'kaggle-ts/workers';

const objects = new Map<string, Uint8Array>();
let uploads = 0;
let operations = 0;

function headOf(key: string) {
  const size = objects.get(key)?.length ?? 0;
  return { key, size, etag: `e${size}`, uploaded: new Date(0) };
}

const uploadOf = (uploadId: string): R2UploadLike => ({
  uploadId,
  async uploadPart(partNumber) {
    operations++;
    return { partNumber, etag: `e${partNumber}` };
  },
  async complete() {
    operations++;
  },
  async abort() {},
});

const bucket: R2BucketLike = {
  async head(key) {
    operations++;
    return headOf(key);
  },
  async get(key, { range }) {
    operations++;
    const bytes = objects.get(key)!.slice(range.offset, range.offset + range.length);
    return { ...headOf(key), body: new Response(bytes).body! };
  },
  async put(key, value) {
    operations++;
    objects.set(key, value.slice());
  },
  list: async () => ({ objects: [], truncated: false }),
  async createMultipartUpload() {
    operations++;
    return uploadOf(`u${uploads++}`);
  },
  resumeMultipartUpload: (_key, uploadId) => uploadOf(uploadId),
};

interface Order {
  readonly url: string;
  readonly state?: JobState;
  readonly bytes?: number;
  readonly name?: string;
  readonly sizes?: Record<string, number>;
  readonly bare?: number;
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { state, url, sizes, name, bytes, bare } = (await request.json()) as Order;
    if (bare) {
      const headers = { authorization: 'Bearer KGAT_test', 'content-type': 'application/json' };
      const method = `${url}/v1/kernels.KernelsApiService/ListKernels`;
      for (let count = 0; count < bare; count++)
        await (await fetch(method, { method: 'POST', headers, body: '{"user":"alice","pageSize":1}' })).json();
      return Response.json({ turn: {}, requests: bare, operations: 0 });
    }
    if (!state) {
      for (const [file, size] of Object.entries(sizes!)) objects.set(`in/${file}`, new Uint8Array(size));
      const dataset = { owner: 'alice', slug: `${name}-data`, title: `${name} data`, files: Object.keys(sizes!) };
      const kernel = { slug: `alice/${name}-job`, newTitle: `${name} job`, text: 'print("bench")' };
      return Response.json({ turn: { state: beginJob({ dataset, kernel, output: true }), pause: 0 } });
    }
    const subrequests = countSubrequests({ limit: 1000 });
    const client = createClient({ endpoint: url, token: 'KGAT_test', fetch: subrequests.fetch });
    const io = { source: (file: string) => r2Source(bucket, `in/${file}`), target: r2Target(bucket, 'out') };
    operations = 0;
    const turn = await advanceJob(client, state, io, { bytes });
    return Response.json({ turn, requests: subrequests.used, operations });
  },
};
