/** A Worker that runs the cases: POST the settings of a round, and read one line of JSON for each case. */
import { createClient, type KvNamespaceLike, kvState, type R2BucketLike, workersPlatform } from 'kaggle-ts';
import { runCases } from '../../conformance/loop.ts';
import { casesFor, makeContext, type Settings } from '../make-context.ts';
import { r2Files, type TestBucket } from './r2-files.ts';

interface Bindings {
  BUCKET: R2BucketLike & TestBucket;
  STATE: KvNamespaceLike;
}

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    const settings = (await request.json()) as Settings;
    const platform = workersPlatform({ env, state: kvState(env.STATE) });
    const context = makeContext(
      settings,
      'workers',
      (options) => createClient({ platform, ...options }),
      r2Files(env.BUCKET, settings.over),
    );
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const encoder = new TextEncoder();
    runCases(context, casesFor(settings), (result) => writer.write(encoder.encode(`${JSON.stringify(result)}\n`))).then(
      () => writer.close(),
      (error) => writer.abort(error),
    );
    return new Response(readable);
  },
};
