import { filesOf, makeDataset } from './datasets.ts';
import { outputName } from './objects.ts';
import { startUpload } from './uploads.ts';

type Message = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const json = (body: unknown, status = 200): Response => Response.json(body, { status });
const missing = (message = 'Not found'): Response => json({ code: 404, message }, 404);

/** About as long as an address that Google signs. */
const signature = `X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Expires=345600&X-Goog-Signature=${'0123456789abcdef'.repeat(32)}`;

/** `random-SIZE` (any file of it) and `csv-SIZE-ENTRIES` (as its archive) are datasets that are always there. */
function datasetObject(slug: string, file: string): string | undefined {
  const [kind, ...numbers] = slug.split('-');
  if (kind === 'random' && numbers.length === 1 && file) return `random/${numbers[0]}/${file}`;
  if (kind === 'csv' && numbers.length === 2 && !file) return `csv/${numbers.join('/')}/${slug}.zip`;
  return undefined;
}

/** `files-COUNT-SIZE` is a kernel that wrote so many files of that size. */
function kernelFiles(slug: string): { count: number; size: number } {
  const [, count = 0, size = 0] = /^files-(\d+)-(\d+)$/.exec(slug) ?? [];
  return { count: Number(count), size: Number(size) };
}

/** The calls that the clients need, as functions of the request; `storage` is the address of the other origin. */
export function createRpc(storage: string): Record<string, (request: Message) => Response> {
  const signed = (object: string) => `${storage}/storage/${object}?${signature}`;
  const redirect = (object: string | undefined) =>
    object === undefined ? missing() : new Response(null, { status: 302, headers: { location: signed(object) } });
  const exists = (ref: string, slug: string) => filesOf(ref) !== undefined || datasetObject(slug, '') !== undefined;
  const create = (request: Message, slug: string, content: Message): Response => {
    const ref = `${text(request.ownerSlug)}/${slug}`;
    const wrong = makeDataset(ref, content);
    if (wrong) return json({ code: 400, message: wrong }, 400);
    return json({ ref, url: `https://www.kaggle.com/datasets/${ref}`, status: 'ok' });
  };
  return {
    'security.OAuthService/IntrospectToken': () => json({ active: true, username: 'bench', userId: 1, scope: 'all' }),
    'blobs.BlobApiService/StartBlobUpload': ({ name, contentLength }) => {
      const token = startUpload(text(name), Number(contentLength ?? 0));
      const createUrl = `${storage}/upload/${token}?uploadType=resumable&upload_id=${'AbCdEf0123456789'.repeat(8)}`;
      return json({ token, createUrl });
    },
    'datasets.DatasetApiService/CreateDataset': (request) => create(request, text(request.slug), request),
    'datasets.DatasetApiService/CreateDatasetVersion': (request) =>
      create(request, text(request.datasetSlug), request.body as Message),
    'datasets.DatasetApiService/GetDatasetStatus': ({ ownerSlug, datasetSlug }) =>
      exists(`${ownerSlug}/${datasetSlug}`, text(datasetSlug)) ? json({ status: 'READY' }) : missing(),
    'datasets.DatasetApiService/GetDatasetMetadata': ({ datasetSlug }) =>
      json({ info: { datasetId: 1, datasetSlug, licenses: [{ name: 'CC0-1.0' }] } }),
    'datasets.DatasetApiService/GetDataset': ({ ownerSlug, datasetSlug }) => {
      const ref = `${ownerSlug}/${datasetSlug}`;
      const known = exists(ref, text(datasetSlug)) || text(datasetSlug).startsWith('random-');
      return known ? json({ id: 1, ref, currentVersionNumber: 1 }) : missing();
    },
    'datasets.DatasetApiService/DownloadDataset': ({ datasetSlug, fileName }) =>
      redirect(datasetObject(text(datasetSlug), text(fileName))),
    'kernels.KernelsApiService/GetKernelSessionStatus': ({ kernelSlug }) =>
      json({ status: kernelFiles(text(kernelSlug)).count > 0 ? 'COMPLETE' : 'RUNNING', failureMessage: '' }),
    'kernels.KernelsApiService/GetKernel': ({ userName, kernelSlug }) =>
      json({ metadata: { id: 1, ref: `${userName}/${kernelSlug}`, currentVersionNumber: 1 } }),
    'kernels.KernelsApiService/ListKernelSessionOutput': ({ kernelSlug, pageSize, pageToken }) => {
      const { count, size } = kernelFiles(text(kernelSlug));
      const from = Number(text(pageToken));
      const to = Math.min(count, from + Math.min(500, Number(pageSize ?? 20)));
      const files = Array.from({ length: to - from }, (_, index) => ({
        fileName: outputName(from + index),
        url: signed(`output/${size}/${from + index}`),
      }));
      const log = JSON.stringify([{ stream_name: 'stdout', time: 1, data: 'done' }]);
      return json({ files, log, ...(to < count && { nextPageToken: String(to) }) });
    },
    'kernels.KernelsApiService/DownloadKernelOutput': ({ kernelSlug, filePath }) => {
      const { count, size } = kernelFiles(text(kernelSlug));
      if (count === 0) return missing();
      const index = Number(/f(\d+)\.bin$/.exec(text(filePath))?.[1]);
      return redirect(filePath ? `output/${size}/${index}` : `outputs/${count}/${size}/${kernelSlug}.zip`);
    },
  };
}
