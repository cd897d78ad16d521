/** A Worker that moves objects between R2 and Kaggle and returns what it took: `/fill`, `/up`, `/down`. */
import { crc32c } from '../../../src/core/hash/crc32c.ts';
import { download, uploadFile } from '../../../src/services/datasets/index.ts';
import {
  countSubrequests,
  createClient,
  type R2BucketLike,
  r2Folder,
  r2Sources,
  workersPlatform,
} from '../../../src/workers.ts';

interface Bindings {
  BUCKET: R2BucketLike;
  ENDPOINT: string;
}

/** As `x-goog-hash` writes it. */
function hashOf(crc: number): string {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, crc);
  return btoa(String.fromCharCode(...bytes));
}

/** The checksums of the objects below `prefix`. */
async function sumsOf(bucket: R2BucketLike, prefix: string): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const { name, data } of await r2Sources(bucket, prefix)) {
    let crc = 0;
    const reader = (await data.slice(0, data.size)).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) crc = crc32c(next.value, crc);
    sums[name] = hashOf(crc);
  }
  return sums;
}

/** What the binding of R2 and the runtime can beside what the package needs. */
interface StreamBucket {
  put(key: string, value: ReadableStream<Uint8Array>): Promise<unknown>;
}
declare class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(length: number);
}

/**
 * `count` objects of `size` bytes below `in/`, no two with the same bytes. Each goes in one put: Miniflare gives objects
 * that came in parts through a stream of its own in JavaScript, of which the memory is not what is to be measured.
 */
async function fill(bucket: R2BucketLike, count: number, size: number): Promise<void> {
  const part = new Uint8Array(1 << 20);
  for (let file = 0; file < count; file += 1) {
    const { readable, writable } = new FixedLengthStream(size);
    const stored = (bucket as unknown as StreamBucket).put(`in/${file}.bin`, readable);
    const writer = writable.getWriter();
    for (let at = 0; at < size; at += part.length) {
      new DataView(part.buffer).setFloat64(16, at + file / 100);
      await writer.write(part.subarray(0, Math.min(part.length, size - at)));
    }
    await writer.close();
    await stored;
  }
}

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const size = Number(searchParams.get('size'));
    const count = Number(searchParams.get('count'));
    if (pathname === '/fill') return Response.json(await fill(env.BUCKET, count, size).then(() => true));
    if (pathname === '/sums') return Response.json(await sumsOf(env.BUCKET, searchParams.get('prefix') ?? ''));

    const subrequests = countSubrequests({ limit: 1000 });
    const bucket = subrequests.bucket(env.BUCKET);
    const { fetch, signal } = subrequests;
    const client = createClient({
      endpoint: env.ENDPOINT,
      token: 'KGAT_test',
      platform: workersPlatform({ env }),
      ...(searchParams.get('counted') !== 'no' && { fetch, signal }),
    });
    const verified = new Set<string>();
    if (pathname === '/up') {
      const sent = (await r2Sources(bucket, 'in')).map((file) => uploadFile(client, file));
      for (const result of await Promise.all(sent)) verified.add(result.verified);
    } else {
      const back = Array.from({ length: count }, async (_, index) => {
        const target = { sink: () => r2Folder(bucket, 'out').sink(`${index}.bin`) };
        const [file] = await download(client, { owner: 'any', slug: 'set', version: 1, file: String(size) }, target);
        if (file?.size !== size) throw new Error(`${file?.size} bytes instead of ${size}`);
        verified.add(file.verified);
      });
      await Promise.all(back);
    }
    return Response.json({ verified: [...verified], used: subrequests.used, peak: subrequests.peak });
  },
};
