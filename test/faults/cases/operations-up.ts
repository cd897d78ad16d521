import * as datasets from 'kaggle-ts/datasets';
import { pattern, sha256 } from '../../conformance/assert.ts';
import type { Context, FileInput } from '../../conformance/context.ts';
import type { Held, Holdings } from '../../conformance/control.ts';
import { compare, type Means, type Operation, type Prepared } from '../operation.ts';

const MiB = 2 ** 20;

async function held(name: string, data: Uint8Array<ArrayBuffer>): Promise<Held> {
  return { name, size: data.length, sha256: await sha256(data) };
}

const made = new Map<number, Uint8Array<ArrayBuffer>>();

/** A pattern of so many bytes, made once. */
function bytes(size: number): Uint8Array<ArrayBuffer> {
  const data = made.get(size) ?? pattern(size, size + 1);
  made.set(size, data);
  return data;
}

/** One file by `uploadFile`: what its token stands for must be the file. */
function oneFile(name: string, size: number, input: (data: Uint8Array<ArrayBuffer>) => FileInput): Operation {
  return {
    name,
    moves: 'up',
    size,
    files: 1,
    async prepare(): Promise<Prepared> {
      const data = bytes(size);
      const wanted = await held('a.bin', data);
      return {
        run: ({ client, options }) => datasets.uploadFile(client, input(data), {}, options),
        async arrived(result, { uploads }) {
          const { token } = result as datasets.UploadedFile;
          return compare(
            uploads.filter((upload) => upload.token === token && upload.done),
            [wanted],
          );
        },
        tidy: async ({ uploads }) =>
          uploads.filter(({ used }) => used).map(() => ({ what: 'a token was used', lost: 0 })),
      };
    },
  };
}

const contents: Record<string, number> = { 'a.bin': 1000, 'b/c.bin': 70_000, 'b/d.bin': 0, 'e.bin': 700_001 };

/** A dataset, or a version of one, of several files: all of them or none, and one version or none. */
function manyFiles(name: string, exists: boolean): Operation {
  return {
    name,
    moves: 'up',
    size: 700_001,
    files: 4,
    async prepare(context: Context): Promise<Prepared> {
      const { control, files, unique, user: owner } = context;
      const slug = unique('faulty');
      const before = exists ? 1 : 0;
      if (exists) await control.seed({ dataset: { owner, slug, files: [{ name: 'old.bin', size: 10, seed: 1 }] } });
      const data: Record<string, Uint8Array<ArrayBuffer>> = {};
      for (const [path, size] of Object.entries(contents)) data[path] = bytes(size);
      const wanted = await Promise.all(Object.entries(data).map(([path, bytes]) => held(path, bytes)));
      const inputs = await files.place(data);
      const versions = (now: Holdings) => now.datasets[`${owner}/${slug}`] ?? [];
      return {
        run: ({ client, options }: Means) =>
          datasets.createOrVersion(client, { owner, slug, files: inputs, notes: 'with faults' }, options),
        async arrived(result, now) {
          const made = versions(now);
          const problems = compare(made.at(-1)?.files ?? [], wanted);
          const { versionNumber } = result as datasets.DatasetVersion;
          if (made.length !== before + 1)
            problems.push({ what: `${made.length} versions, not ${before + 1}`, lost: 0 });
          if (versionNumber !== before + 1) problems.push({ what: `it says version ${versionNumber}`, lost: 0 });
          return problems;
        },
        async tidy(now) {
          const { length } = versions(now);
          return length === before ? [] : [{ what: `${length} versions are left, not ${before}`, lost: 0 }];
        },
      };
    },
  };
}

export const small: Operation = oneFile('uploadFile, small', 1000, (data) => ({ name: 'a.bin', data }));
/** What can be read once is sent in parts from memory, everywhere. */
export const parts: Operation = oneFile('uploadFile, in parts', 9 * MiB + 5, (data) => {
  let at = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at < data.length) controller.enqueue(data.slice(at, at + 300_000));
      at += 300_000;
      if (at >= data.length) controller.close();
    },
  });
  return { name: 'a.bin', data: stream, size: data.length };
});
/** One request that is read as it is sent; in a page a Blob. */
export const long: Operation = oneFile('uploadFile, one long PUT', 9 * MiB + 7, (data) => ({
  name: 'a.bin',
  data: new Blob([data]),
}));
export const create: Operation = manyFiles('createOrVersion, new', false);
export const version: Operation = manyFiles('createOrVersion, a version', true);

export const uploads: readonly Operation[] = [small, parts, long, create, version];
