import type { Context, Handler, Rpc } from './context.ts';
import { signedUrl } from './downloads.ts';
import type { StoredFile } from './stored-file.ts';
import type { Dataset, DatasetVersion, EmulatorUser } from './types.ts';
import { hasArchives, unpack } from './unpack.ts';
import { useToken } from './uploads.ts';
import { fields, flag, integer, list, page, text, texts, WireError } from './wire.ts';
import { zipOf } from './zip.ts';

const iso = (ms: number) => new Date(ms).toISOString();

/** The version that is shown: a new one only after the lag, as with the real service. */
export function currentVersion(context: Context, dataset: Dataset): DatasetVersion {
  const { versions } = dataset;
  const visible = versions.filter(({ created }) => context.now() - created >= context.options.lag);
  return visible.at(-1) ?? versions[0]!;
}

export function findDataset({ context, user }: Pick<Rpc, 'context' | 'user'>, owner: string, slug: string): Dataset {
  const dataset = context.state.datasets.get(`${owner}/${slug}`.toLowerCase());
  if (!dataset) throw new WireError(404, 'Dataset not found');
  if (dataset.isPrivate && dataset.owner !== user?.username)
    throw new WireError(403, "Permission 'datasets.get' was denied");
  return dataset;
}

function requested(rpc: Rpc): Dataset {
  return findDataset(rpc, text(rpc.body, 'ownerSlug'), text(rpc.body, 'datasetSlug'));
}

function owned(rpc: Rpc, dataset: Dataset): Dataset {
  if (dataset.owner !== rpc.user?.username) throw new WireError(403, "Permission 'datasets.update' was denied");
  return dataset;
}

function requestedVersion(rpc: Rpc, dataset: Dataset): DatasetVersion {
  const number = integer(rpc.body, 'datasetVersionNumber');
  if (!number) return currentVersion(rpc.context, dataset);
  const version = dataset.versions.find((candidate) => candidate.number === number);
  if (!version) throw new WireError(404, 'Dataset version not found');
  return version;
}

/** Files and folders of a create request, as paths. Tokens are spent only when all of them are good. */
function takeFiles(rpc: Rpc, body: Record<string, unknown>): StoredFile[] {
  const found: { path: string; taken: ReturnType<typeof useToken> }[] = [];
  const user = rpc.user as EmulatorUser;
  const walk = (folder: Record<string, unknown>, prefix: string) => {
    for (const item of list(folder, 'files')) {
      const taken = useToken(rpc.context, user, text(fields(item, 'files'), 'token'));
      if (found.some((other) => other.taken.upload === taken.upload))
        throw new WireError(400, 'An upload token was given twice');
      found.push({ path: prefix + taken.name, taken });
    }
    for (const item of list(folder, 'directories')) {
      const directory = fields(item, 'directories');
      walk(directory, `${prefix}${text(directory, 'name')}/`);
    }
  };
  walk(body, '');
  if (found.length === 0) throw new WireError(400, 'At least one file is required');
  const created = rpc.context.now();
  for (const { taken } of found) taken.upload.used = true;
  return found.map(({ path, taken }) => ({ name: path, data: taken.data, created }));
}

/** Adds a version; what is in archives shows a moment later, as it takes a decompressor some time. */
function addVersion(context: Context, dataset: Dataset, files: StoredFile[], notes: string): Promise<void> {
  const created = context.now();
  const number = (dataset.versions.at(-1)?.number ?? 0) + 1;
  const version = { number, notes, files, created, readyAt: created + context.options.processing };
  dataset.versions.push(version);
  if (!hasArchives(files)) return Promise.resolve();
  return unpack(files).then((unpacked) => {
    version.files = unpacked;
  });
}

function made({ owner, slug }: Dataset, invalidTags: string[]): object {
  const ref = `${owner}/${slug}`;
  return { ref: `/${ref}`, url: `https://www.kaggle.com/datasets/${ref}`, status: 'ok', error: '', invalidTags };
}

const refused = (error: string) => ({ status: 'error', error, invalidTags: [] });

/** Tags that Kaggle would not know: here those with a space. */
function badTags(body: Record<string, unknown>): string[] {
  return texts(body, 'categoryIds').filter((tag) => tag.includes(' '));
}

export const createDataset: Handler = async (rpc) => {
  const { context, body } = rpc;
  const owner = text(body, 'ownerSlug') || rpc.user!.username;
  const slug = text(body, 'slug');
  const title = text(body, 'title');
  if (owner !== rpc.user!.username) throw new WireError(403, "Permission 'datasets.create' was denied");
  if (slug.length < 6 || slug.length > 50) return refused('The dataset slug must be between 6 and 50 characters');
  if (title.length < 6 || title.length > 50) return refused('The dataset title must be between 6 and 50 characters');
  const key = `${owner}/${slug}`.toLowerCase();
  if (context.state.datasets.has(key)) return refused(`The requested title "${title}" is already in use by a dataset`);
  const dataset: Dataset = {
    id: context.id(),
    owner,
    slug,
    title,
    subtitle: text(body, 'subtitle'),
    description: text(body, 'description'),
    licenseName: text(body, 'licenseName') || 'unknown',
    isPrivate: flag(body, 'isPrivate'),
    keywords: texts(body, 'categoryIds').filter((tag) => !tag.includes(' ')),
    versions: [],
  };
  const unpacked = addVersion(context, dataset, takeFiles(rpc, body), 'Initial release');
  context.state.datasets.set(key, dataset);
  await unpacked;
  return made(dataset, badTags(body));
};

async function createVersion(rpc: Rpc, dataset: Dataset): Promise<object> {
  const body = fields(rpc.body.body, 'body');
  const files = takeFiles(rpc, body);
  const deletes = flag(body, 'deleteOldVersions');
  const unpacked = addVersion(rpc.context, dataset, files, text(body, 'versionNotes'));
  if (deletes) dataset.versions = dataset.versions.slice(-1);
  await unpacked;
  return made(dataset, badTags(body));
}

export const createDatasetVersion: Handler = (rpc) => createVersion(rpc, owned(rpc, requested(rpc)));

export const createDatasetVersionById: Handler = (rpc) => {
  const id = integer(rpc.body, 'id');
  const dataset = [...rpc.context.state.datasets.values()].find((candidate) => candidate.id === id);
  if (!dataset) throw new WireError(404, 'Dataset not found');
  return createVersion(rpc, owned(rpc, dataset));
};

function status(context: Context, version: DatasetVersion): string {
  return context.now() >= version.readyAt ? 'READY' : 'BLOBS_RECEIVED';
}

export function describeDataset(context: Context, dataset: Dataset): object {
  const { id, owner, slug, title, subtitle, description, licenseName, isPrivate, keywords } = dataset;
  const current = currentVersion(context, dataset);
  return {
    id,
    ref: `${owner}/${slug}`,
    title,
    subtitle,
    description,
    totalBytes: current.files.reduce((sum, { data }) => sum + data.length, 0),
    lastUpdated: iso(current.created),
    isPrivate,
    licenseName,
    currentVersionNumber: current.number,
    ownerName: owner,
    ownerRef: owner,
    creatorName: owner,
    url: `https://www.kaggle.com/datasets/${owner}/${slug}`,
    tags: keywords.map((ref) => ({ ref, name: ref })),
    versions: dataset.versions
      .filter(({ number }) => number <= current.number)
      .map((version) => ({
        versionNumber: version.number,
        creationDate: iso(version.created),
        creatorName: owner,
        creatorRef: owner,
        versionNotes: version.notes,
        status: status(context, version) === 'READY' ? 'Ready' : 'Processing',
      })),
  };
}

export const getDataset: Handler = (rpc) => describeDataset(rpc.context, requested(rpc));

export const getDatasetStatus: Handler = (rpc) => ({
  status: status(rpc.context, currentVersion(rpc.context, requested(rpc))),
});

export const getDatasetMetadata: Handler = (rpc) => {
  const dataset = requested(rpc);
  return {
    info: {
      datasetId: dataset.id,
      datasetSlug: dataset.slug,
      ownerUser: dataset.owner,
      title: dataset.title,
      subtitle: dataset.subtitle,
      description: dataset.description,
      isPrivate: dataset.isPrivate,
      keywords: dataset.keywords,
      licenses: [{ name: dataset.licenseName }],
    },
  };
};

export const updateDatasetMetadata: Handler = (rpc) => {
  const dataset = owned(rpc, requested(rpc));
  const settings = fields(rpc.body.settings, 'settings');
  const title = text(settings, 'title') || dataset.title;
  if (title.length < 6 || title.length > 50)
    return { errors: ['The dataset title must be between 6 and 50 characters'] };
  Object.assign(dataset, {
    title,
    subtitle: text(settings, 'subtitle'),
    description: text(settings, 'description'),
    isPrivate: flag(settings, 'isPrivate'),
    keywords: texts(settings, 'keywords'),
  });
  return { errors: [] };
};

function describeFile(file: StoredFile): object {
  return { ref: file.name, name: file.name, creationDate: iso(file.created), totalBytes: file.data.length };
}

export const listDatasetFiles: Handler = (rpc) => {
  const { files } = requestedVersion(rpc, requested(rpc));
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, nextPageToken } = page(sorted, rpc.body);
  return { datasetFiles: items.map(describeFile), nextPageToken };
};

export const listTreeDatasetFiles: Handler = (rpc) => {
  const { files } = requestedVersion(rpc, requested(rpc));
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
      totalBytes: file.data.length,
    })),
    totalDirectories: folders.length,
    totalFiles: own.length,
    totalChildren: folders.length + own.length,
  };
};

export const getDatasetFilesSummary: Handler = (rpc) => {
  const { files } = requestedVersion(rpc, requested(rpc));
  const types = new Map<string, { fileCount: number; totalSize: number }>();
  for (const { name, data } of files) {
    const extension = /\.[^./]+$/.exec(name)?.[0] ?? '';
    const entry = types.get(extension) ?? { fileCount: 0, totalSize: 0 };
    types.set(extension, { fileCount: entry.fileCount + 1, totalSize: entry.totalSize + data.length });
  }
  return {
    fileSummaryInfo: {
      totalFileCount: files.length,
      fileTypes: [...types].map(([extension, entry]) => ({ extension, ...entry })),
    },
  };
};

export const listDatasets: Handler = ({ context, user, body }) => {
  const search = text(body, 'search').toLowerCase();
  const owner = text(body, 'user');
  const mine = text(body, 'group').startsWith('DATASET_SELECTION_GROUP_MY');
  const found = [...context.state.datasets.values()].filter(
    (dataset) =>
      (!dataset.isPrivate || dataset.owner === user?.username) &&
      (!mine || dataset.owner === user?.username) &&
      (!owner || dataset.owner === owner) &&
      `${dataset.title} ${dataset.slug}`.toLowerCase().includes(search),
  );
  const { items, nextPageToken } = page(found, body);
  return { datasets: items.map((dataset) => describeDataset(context, dataset)), nextPageToken: nextPageToken ?? '' };
};

export const deleteDataset: Handler = (rpc) => {
  const dataset = owned(rpc, requested(rpc));
  rpc.context.state.datasets.delete(`${dataset.owner}/${dataset.slug}`.toLowerCase());
  return {};
};

/** A redirect to one file, or to the version as a zip. */
export const downloadDataset: Handler = (rpc) => {
  const dataset = requested(rpc);
  const version = requestedVersion(rpc, dataset);
  const name = text(rpc.body, 'fileName');
  const file = name
    ? version.files.find((candidate) => candidate.name === name)
    : zipOf(version.files, `${dataset.slug}.zip`, version.created);
  if (!file) throw new WireError(404, 'File not found');
  return new Response(null, { status: 302, headers: { location: signedUrl(rpc.context, file) } });
};
