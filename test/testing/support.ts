import { createEmulator, type Emulator, type EmulatorOptions, scriptedExecutor } from '../../src/testing/index.ts';

export const api = 'https://api.kaggle.com/v1';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: plain JSON of many shapes
  json: any;
}

/** An emulator without waiting times, whose kernels do nothing. */
export function quiet(options: EmulatorOptions = {}): Emulator {
  return createEmulator({ executor: scriptedExecutor(() => {}), lag: 0, processing: 0, ...options });
}

/** One RPC by plain JSON; `token: ''` is anonymous. */
export async function rpc(
  emulator: Pick<Emulator, 'fetch'>,
  method: string,
  body: object = {},
  token = 'KGAT_test',
): Promise<Answer> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await emulator.fetch(
    new Request(`${api}/${method}`, { method: 'POST', headers, body: JSON.stringify(body), redirect: 'manual' }),
  );
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text ? JSON.parse(text) : undefined };
}

export const kernelsApi = 'kernels.KernelsApiService';
export const datasetsApi = 'datasets.DatasetApiService';

/** Pushes a script as alice's `first-kernel`; the answer of SaveKernel. */
export function push(emulator: Pick<Emulator, 'fetch'>, text: string, more: object = {}): Promise<Answer> {
  return rpc(emulator, `${kernelsApi}/SaveKernel`, {
    slug: 'alice/first-kernel',
    newTitle: 'First kernel',
    text,
    language: 'python',
    kernelType: 'script',
    isPrivate: true,
    ...more,
  });
}

export async function status(emulator: Pick<Emulator, 'fetch'>, more: object = {}): Promise<Answer['json']> {
  const request = { userName: 'alice', kernelSlug: 'first-kernel', ...more };
  return (await rpc(emulator, `${kernelsApi}/GetKernelSessionStatus`, request)).json;
}

/** Waits for the end of the last version, by the state's own events. */
export async function ended(
  emulator: Pick<Emulator, 'state'>,
  slug = 'first-kernel',
): Promise<{
  status: string;
  failureMessage: string | undefined;
  stdout: string;
  stderr: string;
  files: Record<string, string>;
}> {
  const version = emulator.state.kernels.get(`alice/${slug}`)!.versions.at(-1)!;
  const over = () => /COMPLETE|ERROR|CANCEL_ACKNOWLEDGED/.test(version.status);
  await new Promise<void>((resolve) => {
    const listener = () => {
      if (!over()) return;
      version.listeners.delete(listener);
      resolve();
    };
    version.listeners.add(listener);
    listener();
  });
  const said = (stream: string) =>
    version.log
      .filter(({ stream_name }) => stream_name === stream)
      .map(({ data }) => data)
      .join('');
  return {
    status: version.status,
    failureMessage: version.failureMessage,
    stdout: said('stdout'),
    stderr: said('stderr'),
    files: Object.fromEntries(version.files.map(({ name, data }) => [name, new TextDecoder('latin1').decode(data)])),
  };
}

/** Waits until the last version has written `text`. */
export async function wrote(emulator: Pick<Emulator, 'state'>, text: string): Promise<void> {
  const version = emulator.state.kernels.get('alice/first-kernel')!.versions.at(-1)!;
  await new Promise<void>((resolve) => {
    const listener = () => {
      if (!version.log.some(({ data }) => data.includes(text))) return;
      version.listeners.delete(listener);
      resolve();
    };
    version.listeners.add(listener);
    listener();
  });
}

/** Uploads one blob; its token. */
export async function upload(
  emulator: Pick<Emulator, 'fetch'>,
  name: string,
  data: string | Uint8Array<ArrayBuffer>,
  token = 'KGAT_test',
): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const request = { type: 'DATASET', name, contentLength: bytes.length };
  const { json } = await rpc(emulator, 'blobs.BlobApiService/StartBlobUpload', request, token);
  const response = await emulator.fetch(new Request(json.createUrl, { method: 'PUT', body: bytes }));
  if (response.status !== 200) throw new Error(`upload of ${name}: ${response.status}`);
  return json.token;
}

/** Makes alice's dataset `my-data`, or a version of it, of files in folders: `{ 'a.txt': '1', 'sub/b.txt': '2' }`. */
export async function makeDataset(
  emulator: Pick<Emulator, 'fetch' | 'state'>,
  files: Record<string, string>,
  more: object = {},
): Promise<Answer> {
  interface Folder {
    name?: string;
    files: object[];
    directories: Folder[];
  }
  const top: Folder = { files: [], directories: [] };
  for (const [path, text] of Object.entries(files)) {
    const parts = path.split('/');
    let folder = top;
    for (const name of parts.slice(0, -1)) {
      let next = folder.directories.find((directory) => directory.name === name);
      if (!next) {
        next = { name, files: [], directories: [] };
        folder.directories.push(next);
      }
      folder = next;
    }
    folder.files.push({ token: await upload(emulator, parts.at(-1)!, text) });
  }
  if (emulator.state.datasets.has('alice/my-data')) {
    const body = { versionNotes: 'more', ...top, ...more };
    return rpc(emulator, `${datasetsApi}/CreateDatasetVersion`, { ownerSlug: 'alice', datasetSlug: 'my-data', body });
  }
  const names = { ownerSlug: 'alice', slug: 'my-data', title: 'My data', isPrivate: true };
  return rpc(emulator, `${datasetsApi}/CreateDataset`, { ...names, ...top, ...more });
}
