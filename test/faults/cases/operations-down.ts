import * as datasets from 'kaggle-ts/datasets';
import * as kernels from 'kaggle-ts/kernels';
import { sha256 } from '../../conformance/assert.ts';
import type { Context, Place } from '../../conformance/context.ts';
import type { Content, Held } from '../../conformance/control.ts';
import { compare, type Operation, type Prepared } from '../operation.ts';

const MiB = 2 ** 20;

async function heldIn(place: Place, names: readonly string[]): Promise<Held[]> {
  const found: Held[] = [];
  for (const name of names) {
    const data = await place.read(name);
    found.push({ name, size: data.length, sha256: await sha256(data) });
  }
  return found;
}

/** What lies under a final name must be whole, also after a refusal. */
async function wholeOrNothing(place: Place, wanted: readonly Held[]): ReturnType<Prepared['tidy']> {
  const names = (await place.list()).filter((name) => wanted.some((file) => file.name === name));
  const found = await heldIn(place, names);
  return compare(
    found,
    wanted.filter(({ name }) => names.includes(name)),
  );
}

/** One file of a dataset into a folder. */
function oneFile(name: string, size: number, emulator: Record<string, unknown> = {}): Operation {
  return {
    name,
    moves: 'down',
    size,
    files: 1,
    async prepare({ control, files, unique, user: owner }: Context): Promise<Prepared> {
      const slug = unique('faulty');
      await control.options(emulator);
      const content = { name: 'sub/a.bin', size, seed: size };
      await control.seed({ dataset: { owner, slug, files: [content, { name: 'b.bin', size: 10, seed: 2 }] } });
      const place = await files.open();
      const now = async () => (await control.holdings()).datasets[`${owner}/${slug}`]!.at(-1)!.files.slice(0, 1);
      return {
        run: ({ client, options }) =>
          datasets.download(client, { owner, slug, file: content.name }, place.target, options),
        arrived: async () => compare(await heldIn(place, await place.list()), await now()),
        tidy: async () => wholeOrNothing(place, await now()),
      };
    },
  };
}

/** The same into a stream, which cannot be written again from its start. */
function toStream(name: string, size: number): Operation {
  return {
    name,
    moves: 'down',
    size,
    files: 1,
    async prepare({ control, unique, user: owner }: Context): Promise<Prepared> {
      const slug = unique('faulty');
      await control.seed({ dataset: { owner, slug, files: [{ name: 'a.bin', size, seed: size }] } });
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      let closed = false;
      const stream = new WritableStream<Uint8Array>({
        write: (chunk) => void chunks.push(new Uint8Array(chunk)),
        close: () => {
          closed = true;
        },
      });
      return {
        run: ({ client, options }) => datasets.download(client, { owner, slug, file: 'a.bin' }, stream, options),
        async arrived(_result, held) {
          const data = new Uint8Array(await new Blob(chunks).arrayBuffer());
          const found = { name: 'a.bin', size: data.length, sha256: await sha256(data) };
          return compare([found], held.datasets[`${owner}/${slug}`]!.at(-1)!.files);
        },
        tidy: async () => (closed ? [{ what: 'the stream was closed as if all were there', lost: 0 }] : []),
      };
    },
  };
}

const outputs: Content[] = ['one.bin', 'sub/two.bin', 'sub/three.bin', 'four.bin', 'zero.bin'].map((name, index) => ({
  name,
  size: [1000, 70_000, 300_000, 1, 0][index]!,
  seed: index + 1,
}));

/** The output of a run: its files and the log. */
const output: Operation = {
  name: 'kernels.output',
  moves: 'down',
  size: 300_000,
  files: outputs.length,
  target: 'sub/three.bin',
  async prepare({ control, files, unique, user: owner }: Context): Promise<Prepared> {
    const slug = unique('faulty-run');
    await control.seed({ kernel: { owner, slug, files: outputs } });
    const place = await files.open();
    const now = async () => (await control.holdings()).outputs[`${owner}/${slug}`]!;
    const log = `${slug}.log`;
    return {
      run: ({ client, options }) => kernels.output(client, `${owner}/${slug}`, place.target, options),
      async arrived() {
        const names = await place.list();
        const found = await heldIn(
          place,
          names.filter((name) => name !== log),
        );
        const problems = compare(found, await now());
        if (!names.includes(log)) problems.push({ what: 'the log is missing', lost: 1 });
        return problems;
      },
      tidy: async () => wholeOrNothing(place, await now()),
    };
  },
};

/** A whole dataset, unpacked on the way. */
const unzip: Operation = {
  name: 'download and unzip',
  moves: 'down',
  size: 371_001,
  files: outputs.length,
  async prepare({ control, files, unique, user: owner }: Context): Promise<Prepared> {
    const slug = unique('faulty');
    await control.seed({ dataset: { owner, slug, files: outputs } });
    const place = await files.open();
    const now = async () => (await control.holdings()).datasets[`${owner}/${slug}`]!.at(-1)!.files;
    return {
      run: ({ client, options }) =>
        datasets.download(client, { owner, slug }, place.target as string, { ...options, unzip: true }),
      arrived: async () => compare(await heldIn(place, await place.list()), await now()),
      tidy: async () => wholeOrNothing(place, await now()),
    };
  },
};

export const small: Operation = oneFile('download, small', 1000);
export const single: Operation = oneFile('download, one stream', 3 * MiB + 1);
/** Over a slow link: more connections are opened as soon as that shows. */
export const ranges: Operation = oneFile('download, parallel ranges', 10 * MiB + 3, { rate: 2_500_000 });
export const stream: Operation = toStream('download, into a stream', 700_001);
export const kernelOutput: Operation = output;
export const unpacked: Operation = unzip;

export const downloads: readonly Operation[] = [small, single, stream, kernelOutput, unpacked];
