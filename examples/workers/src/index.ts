/**
 * A service for datasets and kernels: PUT /file?name= (into R2), POST /dataset?ref=&prefix= (from R2 to Kaggle),
 * POST /push, GET /status?ref=, GET /log?ref= (live), GET /output?ref=&file=.
 */
import * as datasets from 'kaggle-ts/datasets';
import * as kernels from 'kaggle-ts/kernels';
import {
  ApiError,
  countSubrequests,
  createClient,
  isKaggleError,
  type KvNamespaceLike,
  kvState,
  type R2BucketLike,
  r2Sources,
  ValidationError,
  workersPlatform,
} from 'kaggle-ts/workers';

interface Env {
  /** The credential, a secret. `workersPlatform` reads it by this name. */
  KAGGLE_API_TOKEN: string;
  /** The bearer token that callers must send. Without it, anybody could use your quota. */
  ACCESS_KEY: string;
  KAGGLE_ENDPOINT?: string;
  /** The files of datasets. */
  BUCKET: R2BucketLike & { put(key: string, value: ReadableStream<Uint8Array> | null): Promise<unknown> };
  /** The progress of uploads. */
  STATE: KvNamespaceLike;
}

/** Maximum number of requests and R2 and KV operations of one invocation. Cloudflare's free plan allows 50. */
const limit = 900;

/** The log as a response body. Each line is sent as it arrives; canceling the body closes the connection to Kaggle. */
function streamLog(client: ReturnType<typeof createClient>, ref: string): ReadableStream<Uint8Array> {
  const entries = kernels.logs(client, ref, { follow: true });
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await entries.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value.data));
    },
    cancel: async () => void (await entries.return(undefined)),
  });
}

async function answer(request: Request, env: Env): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (request.method === 'PUT' && pathname === '/file') {
    await env.BUCKET.put(searchParams.get('name') ?? '', request.body);
    return new Response(null, { status: 201 });
  }
  const { fetch: counted, signal, bucket, namespace } = countSubrequests({ limit });
  const platform = workersPlatform({ env, state: kvState(namespace(env.STATE)) });
  const client = createClient({ endpoint: env.KAGGLE_ENDPOINT, platform, fetch: counted, signal });
  if (request.method === 'POST' && pathname === '/dataset') {
    const [owner = '', slug = ''] = (searchParams.get('ref') ?? '').split('/');
    // Streamed from R2. After an error, the same request resumes.
    const files = await r2Sources(bucket(env.BUCKET), searchParams.get('prefix') ?? '');
    const { ref, versionNumber } = await datasets.createOrVersion(client, { owner, slug, title: slug, files });
    return Response.json({ ref, versionNumber }, { status: 201 });
  }
  if (request.method === 'POST' && pathname === '/push') {
    const { ref, versionNumber, url } = await kernels.push(client, await request.json());
    // With the version in the reference, the other routes refer to exactly this run.
    return Response.json({ ref: `${ref}/${versionNumber}`, url }, { status: 201 });
  }
  const ref = searchParams.get('ref') ?? '';
  if (pathname === '/status') return Response.json(await kernels.status(client, ref));
  if (pathname === '/log') {
    // Errors before the first byte still get their own HTTP status.
    await kernels.status(client, ref);
    // Compression would delay lines until there are enough of them.
    return new Response(streamLog(client, ref), { headers: { 'content-encoding': 'identity' } });
  }
  if (pathname === '/output') {
    const files = await kernels.listOutput(client, ref).all();
    const file = files.find(({ fileName }) => fileName === searchParams.get('file'));
    if (!file) return Response.json({ files: files.map(({ fileName }) => fileName) }, { status: 404 });
    const { ok, body } = await fetch(file.url);
    // Streamed: a file may be larger than the memory of a Worker.
    return new Response(ok ? body : 'the storage did not return the file\n', { status: ok ? 200 : 502 });
  }
  return new Response('not found\n', { status: 404 });
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const key = request.headers.get('authorization');
    if (!env.ACCESS_KEY || key !== `Bearer ${env.ACCESS_KEY}`) return new Response('unauthorized\n', { status: 401 });
    try {
      return await answer(request, env);
    } catch (error) {
      if (!isKaggleError(error)) throw error;
      const status = error instanceof ApiError && error.status >= 400 ? error.status : 502;
      return Response.json({ error: error.message }, { status: error instanceof ValidationError ? 400 : status });
    }
  },
};
