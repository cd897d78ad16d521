import { IntegrityError, KaggleError, TransferError } from '../../../core/errors.ts';
import { base64 } from '../../../core/hash/checksum.ts';
import { crc32c, createCrc32c } from '../../../core/hash/crc32c.ts';
import type { PartTarget, TargetFile } from '../../../core/part-target.ts';
import { checkNames } from '../../../core/transfer/names.ts';
import { matcher } from '../../../core/transfer/pattern.ts';
import { type OpenedRemote, openRemote } from '../../../core/transfer/remote/remote.ts';
import * as kernels from '../../kernels/index.ts';
import { targetOf } from '../target.ts';
import type { JobOutput } from '../types.ts';
import type { StepContext, StepWork } from './context.ts';

/** R2 takes 10,000 parts; this many keep the state small. */
const maxParts = 1000;

/** Bytes of a part of a file of `size` bytes. */
const partSizeOf = ({ partSize = 8 << 20 }: PartTarget, size: number) =>
  partSize * Math.max(1, Math.ceil(size / (partSize * maxParts)));

/** How often a file may be lost or damaged before the job fails. */
const maxRestarts = 5;

type Current = NonNullable<StepContext['memo']['current']>;

/** The bytes of a part. */
async function readPart({ budget }: StepContext, file: OpenedRemote, start: number, end: number): Promise<Uint8Array> {
  budget.bytes(end - start);
  // The end of the file was received when it was opened.
  return file.size <= tail ? file.readRange(start, end) : file.readUncached(start, end);
}

/** Bytes that are requested to open a file: it is complete if it is not larger. */
const tail = 128 * 1024;

/** Downloads the rest of a file, or as much as the budget allows. */
async function fetchFile(context: StepContext, index: number, url: UrlOf): Promise<void> {
  const { budget, client, draft, io, memo, signal } = context;
  const target = targetOf(client, io);
  const outputs = [...draft.outputs!];
  const { name } = outputs[index]!;

  function record(output: Partial<JobOutput>, current: Current | undefined): void {
    outputs[index] = { ...outputs[index]!, ...output };
    draft.outputs = [...outputs];
    if (current) memo.current = current;
    else delete memo.current;
  }

  const file = await openRemote(
    client,
    { url: await url(name), renew: (expired) => url(name, expired) },
    { file: name, signal, blockSize: tail },
  );
  const identity = await file.identity();
  const { size } = file;
  let current = memo.current;
  if (current?.index !== index || current.identity !== identity) current = { index, identity, crc32c: 0 };
  const partSize = partSizeOf(target, size);
  let written = current === memo.current ? outputs[index]!.written : 0;
  const about = (): TargetFile => ({
    job: draft.id,
    name,
    size,
    partSize,
    kept: current!.kept,
    crc32c: current!.crc32c,
  });

  /** Begins the file again: what was written no longer exists, or is damaged. */
  function restart(): void {
    record({ size, written: 0 }, undefined);
    memo.restarts = (memo.restarts ?? 0) + 1;
    if (memo.restarts < maxRestarts) return;
    throw new KaggleError(
      `cannot download "${name}": it was damaged, or the target lost what earlier steps wrote, ${maxRestarts} times; check that the ` +
        'target keeps its files between the steps',
    );
  }

  while (written < size) {
    budget.check();
    const end = Math.min(size, written + partSize);
    const bytes = await readPart(context, file, written, end);
    const kept = await target.write({ ...about(), position: written, bytes });
    if (kept === undefined) return restart();
    written = end;
    current = { ...current, kept, crc32c: crc32c(bytes, current.crc32c) };
    record({ size, written }, current);
    // Publishing is not repeatable together with the last part: it has a step of its own.
    if (written === size && size > partSize) context.stop.throw('budget');
  }
  const expected = file.sums.crc32c;
  if (expected !== undefined && base64(await createCrc32c(current.crc32c).digest()) !== expected) {
    restart();
    throw new IntegrityError(`cannot download "${name}": its checksum does not match that of the storage; try again`, {
      file: name,
    });
  }
  if (!(await target.finish(about()))) return restart();
  record({ size, written: size, done: true }, undefined);
  delete memo.restarts;
}

/** Returns the URL of a file; with `expired`, another one than that. */
type UrlOf = (name: string, expired?: string) => Promise<string>;

/** Lists the output when it is first needed, and again for expired URLs. */
function lister({ client, draft, signal }: StepContext): { all(): Promise<Map<string, string>>; url: UrlOf } {
  let listing: Promise<Map<string, string>> | undefined;
  const list = async () => {
    const files = await kernels.listOutput(client, draft.run!, { signal }).all();
    return new Map(files.map(({ fileName, url }) => [fileName, url]));
  };
  const all = () => (listing ??= list());
  return {
    all,
    async url(name, expired) {
      let found = (await all()).get(name);
      if (found === expired) {
        listing = list();
        found = (await all()).get(name);
      }
      if (found) return found;
      throw new TransferError(`cannot download "${name}": the run no longer lists this file`, { file: name });
    },
  };
}

/** Downloads the output, part by part. */
export const fetchOutput: StepWork = async (context) => {
  const { draft } = context;
  targetOf(context.client, context.io);
  const { all, url } = lister(context);
  if (!draft.outputs) {
    const { output } = draft.plan;
    const chosen = typeof output === 'string' ? matcher(output) : () => true;
    const names = [...(await all()).keys()].filter(chosen);
    checkNames(names);
    draft.outputs = names.map((name) => ({ name, written: 0, done: false }));
  }
  for (;;) {
    const index = draft.outputs.findIndex(({ done }) => !done);
    if (index < 0) break;
    context.budget.check();
    await fetchFile(context, index, url);
  }
  draft.step = 'done';
  return undefined;
};
