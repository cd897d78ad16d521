import { bytesSource } from '../../core/bytes/sources.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { createOrVersion, download, get, listFiles, remoteZip } from '../../services/datasets/index.ts';
import { cleanUpDataset } from '../cleanup.ts';
import { collectFolder, sameBytes } from '../collect.ts';
import { titleOf } from '../names.ts';
import { showProgress } from '../progress.ts';
import { Mismatch } from '../steps.ts';
import { counted, inBytes } from '../words.ts';
import type { Check } from './check.ts';

export type Files = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

/** More than one part of 8 MiB, with a shorter last one. */
const largeSize = 9 * 1024 * 1024 + 1;

/** Deterministic pseudo-random bytes. */
function makeBytes(length: number): Uint8Array<ArrayBuffer> {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >>> 24;
  });
}

/** Files of several kinds: text, an empty file, every byte value, folders, a non-ASCII name, and optionally a large one. */
export function makeFiles(large: boolean): Files {
  const encode = (text: string) => new TextEncoder().encode(text);
  return {
    'table.csv': encode(`id,value\n${Array.from({ length: 50 }, (_, id) => `${id},${id * id}`).join('\n')}\n`),
    'empty.txt': new Uint8Array(0),
    'folder/bytes.bin': makeBytes(70_000),
    'folder/deeper/größe.txt': encode('Grüße aus der Prüfung\n'),
    ...(large && { 'large.bin': makeBytes(largeSize) }),
  };
}

const toInputs = (files: Files) => Object.entries(files).map(([name, data]) => ({ name, data }));

/** The content of the only file in an archive. */
async function unpackOne(client: KaggleClient, bytes: Uint8Array): Promise<Uint8Array> {
  const zip = await remoteZip(client, bytesSource(bytes, 'archive.zip'));
  const [entry] = zip.entries;
  return entry ? new Uint8Array(await new Response(zip.file(entry.name)).arrayBuffer()) : new Uint8Array(0);
}

/** Downloads one file and compares it. Kaggle zips some single files: then the content of the archive is compared. */
async function compareFile(
  client: KaggleClient,
  dataset: { owner: string; slug: string; version: number },
  file: string,
  expected: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const folder = collectFolder();
  await download(client, { ...dataset, file }, folder, { signal });
  const [[name, bytes]] = [...folder.files] as [[string, Uint8Array]];
  const content = name === file ? bytes : await unpackOne(client, bytes);
  if (!sameBytes(content, expected)) {
    throw new Mismatch(
      `${file}: the ${inBytes(content.length)} downloaded differ from the ${inBytes(expected.length)} uploaded`,
    );
  }
}

async function compareArchive(
  client: KaggleClient,
  ref: string,
  expected: Files,
  signal: AbortSignal,
): Promise<number> {
  const folder = collectFolder();
  await download(client, ref, folder, { signal, unzip: true });
  const found = folder.files;
  for (const [name, bytes] of Object.entries(expected)) {
    const content = found.get(name);
    if (!content) throw new Mismatch(`${name} is missing from the archive, which has ${[...found.keys()].join(', ')}`);
    if (!sameBytes(content, bytes)) throw new Mismatch(`${name} in the archive differs from the uploaded file`);
  }
  return found.size;
}

/** Uploads a private dataset, downloads it, does the same with a second version, and deletes it at the end. */
export async function uploadSteps(check: Check, owner: string, slug: string, files: Files): Promise<void> {
  const { client, terminal, signal, timeout, step, atEnd, askQuestions } = check;
  const options = { signal, onProgress: showProgress(terminal, 'uploaded') };
  const dataset = { owner, slug, title: titleOf(slug), isPrivate: true };
  atEnd(`delete ${owner}/${slug}`, (end) => cleanUpDataset(client, owner, slug, end));

  const roundTrip = async (content: Files, wanted: number) => {
    const made = await step(
      `upload version ${wanted}`,
      () => createOrVersion(client, { ...dataset, files: toInputs(content), notes: `check ${wanted}` }, options),
      ({ ref, versionNumber }) => `${ref}, version ${versionNumber ?? '?'}`,
    );
    if (wanted === 1) await askQuestions('created', { dataset });
    try {
      await step(`wait for version ${wanted}`, async () => {
        const { versionNumber } = await made.ready({ signal, timeout });
        if (versionNumber !== wanted) throw new Mismatch(`expected version ${wanted}, got ${versionNumber}`);
      });
    } finally {
      // Also after a failure, which the questions may explain.
      if (wanted === 1 && !signal.aborted) await askQuestions('ready');
    }
    for (const [file, bytes] of Object.entries(content)) {
      await step(`download ${file}`, () => compareFile(client, { owner, slug, version: wanted }, file, bytes, signal));
    }
  };

  await roundTrip(files, 1);
  await step('check that it is private', async () => {
    const { isPrivate } = await get(client, { owner, slug }, { signal });
    if (!isPrivate) throw new Mismatch('the dataset is public');
  });
  await step(
    'list its files',
    () => listFiles(client, { owner, slug }, { signal }).all(),
    (found) => counted(found.length, 'file'),
  );
  await step(
    'download all as one archive',
    () => compareArchive(client, `${owner}/${slug}`, files, signal),
    (count) => counted(count, 'file'),
  );
  await roundTrip({ 'table.csv': new TextEncoder().encode('id,value\n1,2\n') }, 2);
}
