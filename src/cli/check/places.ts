import { field, type Inside, inShort, NotSeen, type Reply, type Scene, type Stage } from './question.ts';

const list = 'kernels.KernelsApiService/ListKernelSessionOutput';

/** A kind of URL that files are downloaded from. */
export interface Place {
  readonly id: 'archive' | 'file' | 'output';
  readonly name: string;
  readonly stage: Stage;
  address(scene: Scene): Promise<string>;
}

/** The response to a download of a dataset file, or of a whole version: a redirect, as far as known. */
export function askForFile(scene: Scene, version: number, fileName?: string): Promise<Reply> {
  const { owner, slug } = scene.fact('dataset');
  return scene.once(`download ${version} ${fileName}`, () =>
    scene.ask('datasets.DatasetApiService/DownloadDataset', {
      ownerSlug: owner,
      datasetSlug: slug,
      datasetVersionNumber: version,
      ...(fileName && { fileName }),
    }),
  );
}

/** The URL of a dataset file, or of a whole version. */
export async function datasetAddress(scene: Scene, version: number, fileName?: string): Promise<string> {
  const reply = await askForFile(scene, version, fileName);
  const address = reply.headers.get('location');
  if (!address) throw new NotSeen(`no redirect to the storage: ${inShort(reply)}`);
  return address;
}

/** The output files with their URLs, by the label of the version, or without one if the server rejects it. */
export async function listedOutput(scene: Scene): Promise<{ url: string; fileName: string }[]> {
  const { ref } = scene.fact('kernel');
  const [userName, kernelSlug] = ref.split('/');
  const request = { userName, kernelSlug, pageSize: 100 };
  const reply = await scene.once('output', async () => {
    const labelled = await scene.ask(list, { ...request, versionLabel: 'v1' });
    return labelled.status === 200 ? labelled : scene.ask(list, request);
  });
  const files = field(reply.json, 'files');
  if (!Array.isArray(files)) throw new NotSeen(`the output was not listed: ${inShort(reply)}`);
  return files as { url: string; fileName: string }[];
}

/** What the kernel recorded about its environment. */
export async function insideOf(scene: Scene): Promise<Inside> {
  const file = (await listedOutput(scene)).find(({ fileName }) => fileName === 'inside.json');
  if (!file) throw new NotSeen('the output has no inside.json');
  const reply = await scene.once('inside', () => scene.send(file.url));
  if (reply.json === undefined) throw new NotSeen(`cannot read inside.json: ${inShort(reply)}`);
  return reply.json as Inside;
}

async function outputAddress(scene: Scene): Promise<string> {
  const file = (await listedOutput(scene)).find(({ fileName }) => fileName === 'folder/bytes.bin');
  if (!file) throw new NotSeen('folder/bytes.bin is not listed');
  return file.url;
}

export const places: readonly Place[] = [
  {
    id: 'archive',
    name: 'the archive of a dataset',
    stage: 'ready',
    address: (scene) => datasetAddress(scene, 1),
  },
  {
    id: 'file',
    name: 'one file of a dataset',
    stage: 'ready',
    address: (scene) => datasetAddress(scene, 1, 'folder/bytes.bin'),
  },
  { id: 'output', name: 'an output file of a kernel', stage: 'done', address: outputAddress },
];

/** The complete content at a URL. */
export function wholeOf(scene: Scene, place: Place): Promise<Reply> {
  return scene.once(`whole ${place.id}`, async () => {
    const reply = await scene.send(await place.address(scene));
    if (reply.status !== 200) throw new NotSeen(`cannot read the content: ${inShort(reply)}`);
    return reply;
  });
}
