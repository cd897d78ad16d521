import { type R2BucketLike, r2Folder, r2Sources } from 'kaggle-ts/workers';
import type { Files } from '../../conformance/context.ts';

/** What the tests use of a bucket beside what the package does. */
export interface TestBucket {
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
  put(key: string, value: string | Uint8Array): Promise<unknown>;
  list(options: { prefix: string }): Promise<{ readonly objects: readonly { key: string }[] }>;
}

/** Files as objects of an R2 bucket, each place under a prefix of its own that begins with `name`. */
export function r2Files(bucket: R2BucketLike & TestBucket, name: string): Files {
  let count = 0;
  const fresh = () => `${name}-${++count}`;
  return {
    async place(files) {
      const prefix = fresh();
      for (const [name, data] of Object.entries(files)) await (bucket as TestBucket).put(`${prefix}/${name}`, data);
      return r2Sources(bucket, prefix);
    },
    async open() {
      const prefix = fresh();
      return {
        target: r2Folder(bucket, prefix),
        async list() {
          const { objects } = await (bucket as TestBucket).list({ prefix: `${prefix}/` });
          return objects.map((object) => object.key.slice(prefix.length + 1)).sort();
        },
        async read(name) {
          const object = await (bucket as TestBucket).get(`${prefix}/${name}`);
          if (!object) throw new Error(`${name} is not in the bucket`);
          return new Uint8Array(await object.arrayBuffer());
        },
      };
    },
  };
}
