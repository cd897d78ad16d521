import type { HashAlgorithm, Hasher } from '../../core/platform.ts';

/** workerd's `crypto.DigestStream`, which also supports md5. */
type DigestStreamClass = new (
  algorithm: string,
) => WritableStream<Uint8Array> & { readonly digest: Promise<ArrayBuffer> };

const names: Partial<Record<HashAlgorithm, string>> = { md5: 'MD5', sha256: 'SHA-256' };

/** Returns a native hasher for md5 or sha256; `undefined` for other algorithms, and outside of Workers. */
export function workersHasher(algorithm: HashAlgorithm): Hasher | undefined {
  const DigestStream = (crypto as { DigestStream?: DigestStreamClass }).DigestStream;
  const name = names[algorithm];
  if (!DigestStream || !name) return undefined;
  const stream = new DigestStream(name);
  const writer = stream.getWriter();
  return {
    update: (data) => writer.write(data),
    async digest() {
      await writer.close();
      return new Uint8Array(await stream.digest);
    },
  };
}
