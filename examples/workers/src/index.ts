/** A service around kernels: POST /push, GET /status?ref=, GET /log?ref= (live), GET /output?ref=&file=. */
import * as kernels from 'kaggle-ts/kernels';
import { ApiError, createClient, isKaggleError, ValidationError, workersPlatform } from 'kaggle-ts/workers';

interface Env {
  /** The credential, a secret; `workersPlatform` looks for it under this name. */
  KAGGLE_API_TOKEN: string;
  /** What callers have to send as a bearer token: without it anybody could use up your quota. */
  ACCESS_KEY: string;
  KAGGLE_ENDPOINT?: string;
}

/** The log as a body: each line is sent when it comes, and cancelling the body ends the connection to Kaggle. */
function streamLog(client: ReturnType<typeof createClient>, ref: string): ReadableStream<Uint8Array> {
  const left = new AbortController();
  const entries = kernels.logs(client, ref, { follow: true, signal: left.signal });
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await entries.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value.data));
    },
    cancel: () => left.abort(),
  });
}

async function answer(request: Request, env: Env): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const client = createClient({ endpoint: env.KAGGLE_ENDPOINT, platform: workersPlatform({ env }) });
  if (request.method === 'POST' && pathname === '/push') {
    const { ref, versionNumber, url } = await kernels.push(client, await request.json());
    // With the version in it, the other routes speak of this run and of no other.
    return Response.json({ ref: `${ref}/${versionNumber}`, url }, { status: 201 });
  }
  const ref = searchParams.get('ref') ?? '';
  if (pathname === '/status') return Response.json(await kernels.status(client, ref));
  if (pathname === '/log') {
    // Before the first byte an error still has a status of its own.
    await kernels.status(client, ref);
    // Compressed, the lines would wait until there are enough of them.
    return new Response(streamLog(client, ref), { headers: { 'content-encoding': 'identity' } });
  }
  if (pathname === '/output') {
    const files = await kernels.listOutput(client, ref).all();
    const file = files.find(({ fileName }) => fileName === searchParams.get('file'));
    if (!file) return Response.json({ files: files.map(({ fileName }) => fileName) }, { status: 404 });
    const { ok, body } = await fetch(file.url);
    // Handed on as it arrives: a file may be larger than the memory of a Worker.
    return new Response(ok ? body : 'the storage does not give the file\n', { status: ok ? 200 : 502 });
  }
  return new Response('there is nothing here\n', { status: 404 });
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const key = request.headers.get('authorization');
    if (!env.ACCESS_KEY || key !== `Bearer ${env.ACCESS_KEY}`) return new Response('who are you?\n', { status: 401 });
    try {
      return await answer(request, env);
    } catch (error) {
      if (!isKaggleError(error)) throw error;
      const status = error instanceof ApiError && error.status >= 400 ? error.status : 502;
      return Response.json({ error: error.message }, { status: error instanceof ValidationError ? 400 : status });
    }
  },
};
