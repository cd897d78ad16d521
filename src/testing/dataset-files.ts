import type { Handler, Rpc } from './context.ts';
import { boundVersion } from './dataset-versions.ts';
import { requested } from './datasets.ts';
import { signedUrl } from './downloads.ts';
import { type StoredFile, sizeOf } from './stored-file.ts';
import type { Dataset, DatasetVersion } from './types.ts';
import { integer, page, text, WireError } from './wire.ts';
import { packed, zipOf } from './zip.ts';

const iso = (ms: number) => new Date(ms).toISOString();

/** The version whose files are served: until a version is READY, the one before. */
function requestedVersion(rpc: Rpc, dataset: Dataset = requested(rpc)): DatasetVersion {
  const number = integer(rpc.body, 'datasetVersionNumber');
  const version = boundVersion(rpc.context, dataset, number || undefined);
  if (!version)
    throw new WireError(404, number ? `version ${number} not found, or not READY yet` : 'no version is READY yet');
  return version;
}

function describeFile(file: StoredFile): object {
  return { ref: file.name, name: file.name, creationDate: iso(file.created), totalBytes: sizeOf(file) };
}

export const listDatasetFiles: Handler = (rpc) => {
  const { files } = requestedVersion(rpc);
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, nextPageToken } = page(sorted, rpc.body);
  return { datasetFiles: items.map(describeFile), nextPageToken };
};

export const listTreeDatasetFiles: Handler = (rpc) => {
  const { files } = requestedVersion(rpc);
  const path = text(rpc.body, 'path').replace(/\/*$/, '');
  const inside = files
    .filter(({ name }) => !path || name.startsWith(`${path}/`))
    .map((file) => ({ file, rest: path ? file.name.slice(path.length + 1) : file.name }));
  const folders = [...new Set(inside.filter(({ rest }) => rest.includes('/')).map(({ rest }) => rest.split('/')[0]!))];
  const own = inside.filter(({ rest }) => !rest.includes('/'));
  return {
    directories: folders.map((name) => ({ name, relativeUrl: path ? `${path}/${name}` : name })),
    files: own.map(({ file, rest }) => ({
      name: rest,
      relativeUrl: file.name,
      creationDate: iso(file.created),
      totalBytes: sizeOf(file),
    })),
    totalDirectories: folders.length,
    totalFiles: own.length,
    totalChildren: folders.length + own.length,
  };
};

export const getDatasetFilesSummary: Handler = (rpc) => {
  const { files } = requestedVersion(rpc);
  const types = new Map<string, { fileCount: number; totalSize: number }>();
  for (const file of files) {
    const extension = /\.[^./]+$/.exec(file.name)?.[0] ?? '';
    const entry = types.get(extension) ?? { fileCount: 0, totalSize: 0 };
    types.set(extension, { fileCount: entry.fileCount + 1, totalSize: entry.totalSize + sizeOf(file) });
  }
  return {
    fileSummaryInfo: {
      totalFileCount: files.length,
      fileTypes: [...types].map(([extension, entry]) => ({ extension, ...entry })),
    },
  };
};

/** Text files of at least this size are sent as a zip when they are downloaded alone. */
const largeText = 2 ** 20;
const isText = (name: string) => /\.(csv|tsv|txt|jsonl?|xml|log|md|sql)$/i.test(name);

/** Redirects to one file, or to the whole version as a zip. */
async function redirect(rpc: Rpc, raw: boolean): Promise<Response> {
  const dataset = requested(rpc);
  const version = requestedVersion(rpc, dataset);
  const place = `kaggle-data-sets/${dataset.id}/${dataset.id * 100 + version.number}`;
  const answer = (file: StoredFile, path: string) =>
    new Response(null, { status: 302, headers: { location: signedUrl(rpc.context, file, `${place}/${path}`) } });
  const name = text(rpc.body, 'fileName');
  if (!name) return answer(zipOf(version.files, `${dataset.slug}.zip`, version.created), 'bundle/archive.zip');
  const file = version.files.find((candidate) => candidate.name === name);
  if (!file) throw new WireError(404, `file ${JSON.stringify(name)} not found in version ${version.number}`);
  if (raw || sizeOf(file) < largeText || !isText(name)) return answer(file, name);
  return answer(await packed(file), `compressed/${name}.zip`);
}

export const downloadDataset: Handler = (rpc) => redirect(rpc, false);

export const downloadDatasetRaw: Handler = (rpc) => redirect(rpc, true);
