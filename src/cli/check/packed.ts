import { get, listFiles, waitUntilReady } from '../../services/datasets/index.ts';
import { Mismatch } from '../steps.ts';
import { counted } from '../words.ts';
import { archiveBlobs, singleBlob } from './archives.ts';
import type { Check } from './check.ts';
import { field, inShort, type Scene } from './question.ts';
import { openSession } from './questions/uploads.ts';

type Blobs = readonly (readonly [name: string, data: Uint8Array<ArrayBuffer>])[];

/**
 * Creates a version from unchanged blobs, and lists its files. It does not use `datasets.createVersion`, which sends folders in
 * names as folders, and expects certain results.
 */
async function makeVersion(check: Check, scene: Scene, blobs: Blobs, version: number): Promise<string[]> {
  const { client, signal, timeout } = check;
  const { owner, slug } = scene.fact('dataset');
  const files: { token: string }[] = [];
  for (const [name, data] of blobs) {
    const { url, token } = await openSession(scene, name, data.length);
    const reply = await scene.send(url, { method: 'PUT', body: data });
    if (reply.status !== 200 && reply.status !== 201) throw new Mismatch(`cannot upload ${name}: ${inShort(reply)}`);
    files.push({ token });
  }
  const made = await scene.ask('datasets.DatasetApiService/CreateDatasetVersion', {
    ownerSlug: owner,
    datasetSlug: slug,
    body: { versionNotes: `check ${version}`, files },
  });
  if (made.status !== 200 || field(made.json, 'error')) throw new Mismatch(`cannot create a version: ${inShort(made)}`);
  await waitUntilReady(client, { owner, slug, version }, { signal, timeout });
  const listed = await listFiles(client, { owner, slug, version }, { signal }).all();
  return listed.map(({ name = '' }) => name);
}

/** Creates two more versions of the dataset, from archives, to see what Kaggle unpacks and zips. */
export async function packedSteps(check: Check, scene: Scene): Promise<void> {
  const { client, signal, step, attempt, askQuestions } = check;
  const { owner, slug } = scene.fact('dataset');
  const names = (files: readonly string[]) => counted(files.length, 'file');
  const { currentVersionNumber } = await step('get the current version', () =>
    get(client, { owner, slug }, { signal }),
  );
  const version = Number(currentVersionNumber) + 1;
  const act = async (blobs: Blobs, number: number) => makeVersion(check, scene, blobs, number);
  const files = await attempt('create a version of archives', async () => act(await archiveBlobs(), version), names);
  const single =
    files && (await attempt('create a version of one archive', () => act(singleBlob(), version + 1), names));
  await askQuestions('packed', {
    ...(files && { packed: { version, files } }),
    ...(single && { single: { files: single } }),
  });
}
