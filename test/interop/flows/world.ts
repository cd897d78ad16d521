import { standIn } from './bytes.ts';
import type { Flow, RecordedFile } from './recording.ts';

/** What a file of the input holds. */
export function contentOf({ path, size, text }: RecordedFile): Uint8Array<ArrayBuffer> {
  return text === undefined ? standIn(path, size) : new TextEncoder().encode(text);
}

/** One resumable upload, as far as answers told how it stands. */
export interface UploadState {
  name: string;
  size: number;
  stored: number;
  /** What the file holds, where it is one of the input. */
  content: Uint8Array | undefined;
}

/** What the recorded server knows across the steps of a flow: enough to answer what the official client did not ask. */
export interface World {
  /** The files of the input that have this base name and size. */
  input(name: string, size: number): Uint8Array | undefined;
  /** The notes of each version of each dataset, by `owner/slug`. */
  datasets: Map<string, string[]>;
  /** Versions of each kernel, by `owner/slug`. */
  kernels: Map<string, number>;
  /** The last status of a kernel that was told. */
  statuses: Map<string, string>;
  /** The first page of a kernel's output, as it was told. */
  outputs: Map<string, unknown>;
  /** Upload sessions by path. */
  uploads: Map<string, UploadState>;
  object(path: string): Uint8Array<ArrayBuffer> | undefined;
}

export function createWorld(flow: Flow): World {
  const objects = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    input(name, size) {
      const found = flow.input?.find((file) => file.path.split('/').at(-1) === name && file.size === size);
      return found && contentOf(found);
    },
    datasets: new Map([
      ['alice/sample-data', ['Initial release']],
      ['alice/large-data', ['Initial release']],
    ]),
    kernels: new Map(),
    statuses: new Map(),
    outputs: new Map(),
    uploads: new Map(),
    object(path) {
      const size = flow.objects?.[path];
      if (size === undefined) return undefined;
      const bytes = objects.get(path) ?? standIn(path, size);
      objects.set(path, bytes);
      return bytes;
    },
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Keeps what an answered RPC changed. */
export function noteCall(world: World, path: string, request: unknown, answer: unknown): void {
  const body = (request ?? {}) as Record<string, unknown>;
  const said = (answer ?? {}) as Record<string, unknown>;
  if (said.error) return;
  if (path.endsWith('/StartBlobUpload') && typeof said.createUrl === 'string') {
    const { pathname, search } = new URL(said.createUrl);
    const [name, size] = [text(body.name), Number(body.contentLength ?? 0)];
    world.uploads.set(pathname + search, { name, size, stored: 0, content: world.input(name, size) });
  }
  if (/\/CreateDataset(Version|VersionById)?$/.test(path)) {
    const ref = text(said.ref).replace(/^\//, '');
    const { versionNotes } = (body.body ?? {}) as { versionNotes?: string };
    world.datasets.set(ref, [...(world.datasets.get(ref) ?? []), versionNotes ?? 'Initial release']);
  }
  if (path.endsWith('/DeleteDataset')) world.datasets.delete(`${body.ownerSlug}/${body.datasetSlug}`);
  if (path.endsWith('/GetKernelSessionStatus')) {
    world.statuses.set(`${body.userName}/${body.kernelSlug}`, text(said.status));
  }
  if (path.endsWith('/ListKernelSessionOutput') && !body.pageToken) {
    world.outputs.set(`${body.userName}/${body.kernelSlug}`, answer);
  }
  if (path.endsWith('/SaveKernel')) {
    world.kernels.set(text(said.ref).replace(/^\/code\//, ''), Number(said.versionNumber));
  }
}

/** Where the storage has what a call for a download that was not recorded means. */
export function answerDownload(world: World, path: string, request: unknown): string | undefined {
  const { datasetSlug, fileName } = (request ?? {}) as Record<string, string | undefined>;
  if (!path.endsWith('/DownloadDataset')) return undefined;
  const name = fileName?.split('/').map(encodeURIComponent).join('/') ?? 'archive.zip';
  const object = `/storage/${datasetSlug === 'sample-data' ? 1000 : 1001}/v1/${name}`;
  return world.object(object) && `http://127.0.0.1:7777${object}?X-Goog-Signature=abc%2B`;
}

/** The answer to an RPC that the official client did not make at this point. */
export function answerCall(world: World, path: string, request: unknown): { status: number; body: unknown } {
  const body = (request ?? {}) as Record<string, unknown>;
  const dataset = `${body.ownerSlug}/${body.datasetSlug}`;
  const kernel = `${body.userName}/${body.kernelSlug}`;
  const missing = { status: 404, body: { code: 404, message: 'Not found' } };
  if (path === 'datasets.DatasetApiService/GetDataset') {
    const notes = world.datasets.get(dataset);
    if (!notes) return missing;
    const versions = notes.map((versionNotes, index) => ({ versionNumber: index + 1, versionNotes }));
    return { status: 200, body: { ref: dataset, currentVersionNumber: versions.length, versions } };
  }
  if (path === 'datasets.DatasetApiService/GetDatasetStatus' && world.datasets.has(dataset)) {
    return { status: 200, body: { status: 'READY' } };
  }
  if (path === 'kernels.KernelsApiService/GetKernel') {
    const version = world.kernels.get(kernel);
    return version ? { status: 200, body: { metadata: { ref: kernel, currentVersionNumber: version } } } : missing;
  }
  if (path === 'kernels.KernelsApiService/GetKernelSessionStatus') {
    const status = world.statuses.get(kernel) ?? 'RUNNING';
    return world.kernels.has(kernel) ? { status: 200, body: { status } } : missing;
  }
  if (path === 'kernels.KernelsApiService/ListKernelSessionOutput' && world.outputs.has(kernel)) {
    // Pages that the official client did not get to are empty.
    return { status: 200, body: body.pageToken ? { files: [] } : world.outputs.get(kernel) };
  }
  if (path === 'kernels.KernelsApiService/GetAcceleratorQuotaStatistics') {
    const quota = { timeUsed: '0s', totalTimeAllowed: '108000s' };
    return { status: 200, body: { gpuQuota: quota, tpuQuota: quota } };
  }
  if (path === 'security.OAuthService/IntrospectToken') {
    if (body.token === 'KGAT_test') return { status: 200, body: { active: true, username: 'alice', userId: 7 } };
    return { status: 401, body: { code: 401, message: 'Unauthenticated' } };
  }
  if (path === 'blobs.BlobApiService/StartBlobUpload') {
    const id = `again-${world.uploads.size + 1}`;
    return { status: 200, body: { token: `tok-${id}`, createUrl: `http://127.0.0.1:7777/upload/${id}` } };
  }
  if (path.startsWith('datasets.DatasetApiService/CreateDataset')) {
    const ref = `/${body.ownerSlug}/${body.slug ?? body.datasetSlug}`;
    return { status: 200, body: { ref, url: `https://www.kaggle.com/datasets${ref}`, status: 'ok', error: '' } };
  }
  return missing;
}
