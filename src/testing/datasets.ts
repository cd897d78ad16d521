import type { Context, Handler, Rpc } from './context.ts';
import { currentVersion, isFirstInWork, isHidden, versionStatus } from './dataset-versions.ts';
import { type StoredFile, sizeOf } from './stored-file.ts';
import type { Dataset, EmulatorUser, Upload } from './types.ts';
import { hasArchives, unpack } from './unpack.ts';
import { useToken } from './uploads.ts';
import { fields, flag, integer, list, page, text, texts, WireError } from './wire.ts';

const iso = (ms: number) => new Date(ms).toISOString();

export function findDataset({ context, user }: Pick<Rpc, 'context' | 'user'>, owner: string, slug: string): Dataset {
  const dataset = context.state.datasets.get(`${owner}/${slug}`.toLowerCase());
  if (!dataset) throw new WireError(404, 'Dataset not found');
  if (dataset.isPrivate && dataset.owner !== user?.username) throw denied('get');
  return dataset;
}

const denied = (what: string) => new WireError(403, `Permission 'datasets.${what}' was denied`);

function named(rpc: Rpc): Dataset {
  return findDataset(rpc, text(rpc.body, 'ownerSlug'), text(rpc.body, 'datasetSlug'));
}

/** The requested dataset. A new one is not visible at first. */
export function requested(rpc: Rpc): Dataset {
  const dataset = named(rpc);
  if (isHidden(rpc.context, dataset)) throw denied('get');
  return dataset;
}

/** Throws unless the caller owns the dataset; a missing dataset is refused in the same way. */
function owned(rpc: Rpc, dataset: Dataset | undefined): Dataset {
  if (!dataset || dataset.owner !== rpc.user?.username) throw denied('update');
  return dataset;
}

/** The files of a create request, and their uploads. */
interface Taken {
  files: StoredFile[];
  uploads: Upload[];
}

/** Collects the files of a create request by path. No token is used up unless all of them are valid. */
function takeFiles(rpc: Rpc, body: Record<string, unknown>): Taken {
  const found: { path: string; taken: Upload }[] = [];
  const user = rpc.user as EmulatorUser;
  const walk = (folder: Record<string, unknown>, prefix: string) => {
    for (const item of list(folder, 'files')) {
      const taken = useToken(rpc.context, user, text(fields(item, 'files'), 'token'));
      if (found.some((other) => other.taken === taken))
        throw new WireError(400, `the upload token of ${JSON.stringify(taken.name)} was given twice`);
      // A folder in the name of a blob is dropped: only `directories` create folders.
      found.push({ path: prefix + taken.name.slice(taken.name.lastIndexOf('/') + 1), taken });
    }
    for (const item of list(folder, 'directories')) {
      const directory = fields(item, 'directories');
      walk(directory, `${prefix}${text(directory, 'name')}/`);
    }
  };
  walk(body, '');
  if (found.length === 0) throw new WireError(400, 'no files: a dataset version needs at least one');
  const created = rpc.context.now();
  for (const { taken } of found) taken.used = true;
  return {
    files: found.map(({ path, taken }) => taken.bytes.file(path, created)),
    uploads: found.map(({ taken }) => taken),
  };
}

/** Adds a version and saves it. Files in archives appear a moment later, as unpacking is asynchronous. */
async function addVersion({ context }: Rpc, dataset: Dataset, { files, uploads }: Taken, notes: string): Promise<void> {
  const created = context.now();
  const number = (dataset.versions.at(-1)?.number ?? 0) + 1;
  const version = { number, notes, files, created, readyAt: created + context.options.processing };
  dataset.versions.push(version);
  if (hasArchives(files)) version.files = await unpack(files);
  // Tokens last: if the version was not saved, the request can be repeated.
  context.keeper.dataset(dataset);
  for (const upload of uploads) context.keeper.upload(upload);
}

function made({ owner, slug }: Dataset, invalidTags: string[]): object {
  const ref = `${owner}/${slug}`;
  return { ref: `/${ref}`, url: `https://www.kaggle.com/datasets/${ref}`, status: 'ok', error: '', invalidTags };
}

/** A refusal in a response with HTTP 200. */
const refused = (error: string) => ({ status: 'Error', error, invalidTags: [] });

/** Tags that are reported as unknown: those with a space. */
function badTags(body: Record<string, unknown>): string[] {
  return texts(body, 'categoryIds').filter((tag) => tag.includes(' '));
}

/** Kaggle's names of licenses; others are refused without a reason. */
const licenses = new Set(
  `agpl-3.0 apache-2.0 cc-by-3.0 cc-by-3.0-igo cc-by-4.0 cc-by-nc-4.0 cc-by-nc-nd-4.0 cc-by-nc-sa-3.0-igo cc-by-nc-sa-4.0
  cc-by-nd-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc0-1.0 cdla-permissive-1.0 cdla-sharing-1.0 copyright-authors dbcl-1.0
  eu-odp-legal-notice fdl-1.3 gpl-2.0 gpl-3.0 lgpl-3.0 mit odbl-1.0 odc-by-1.0 other pddl reddit-api unknown
  us-government-works world-bank`.split(/\s+/),
);

export const createDataset: Handler = async (rpc) => {
  const { context, body } = rpc;
  // User names are case-insensitive.
  const owner = rpc.user!.username;
  const wanted = text(body, 'ownerSlug') || owner;
  const licenseName = text(body, 'licenseName') || 'unknown';
  const slug = text(body, 'slug');
  const title = text(body, 'title');
  const key = `${owner}/${slug}`.toLowerCase();
  if (wanted.toLowerCase() !== owner.toLowerCase()) return refused('Invalid Owner Id');
  if (slug.length < 6 || slug.length > 50) return refused('The dataset slug must be between 6 and 50 characters');
  if (title.length < 6 || title.length > 50) return refused('The dataset title must be between 6 and 50 characters');
  // Without a reason: a space or an underscore in the slug, the slug of a notebook of the owner, an unknown license.
  const isTaken = context.state.kernels.has(key);
  if (/[\s_]/.test(slug) || isTaken || !licenses.has(licenseName.toLowerCase()))
    throw new WireError(400, 'Bad Request');
  if (!/^[a-z\d-]+$/i.test(slug)) return refused('Slug can only contain alphanumeric or "-" characters');
  // The name of a deleted dataset stays taken.
  if (context.state.datasets.has(key) || context.state.deletedDatasets.has(key))
    return refused(`The requested title "${title}" is already in use by a dataset. Please choose another title.`);
  const dataset: Dataset = {
    id: context.id(),
    owner,
    slug,
    title,
    subtitle: text(body, 'subtitle'),
    description: text(body, 'description'),
    licenseName,
    isPrivate: flag(body, 'isPrivate'),
    keywords: texts(body, 'categoryIds').filter((tag) => !tag.includes(' ')),
    versions: [],
  };
  const taken = takeFiles(rpc, body);
  context.state.datasets.set(key, dataset);
  await addVersion(rpc, dataset, taken, 'Initial release');
  return made(dataset, badTags(body));
};

async function createVersion(rpc: Rpc, found: Dataset | undefined): Promise<object> {
  const dataset = owned(rpc, found);
  if (isFirstInWork(rpc.context, dataset)) throw denied('update');
  const body = fields(rpc.body.body, 'body');
  const taken = takeFiles(rpc, body);
  const deletes = flag(body, 'deleteOldVersions');
  const added = addVersion(rpc, dataset, taken, text(body, 'versionNotes'));
  if (deletes) dataset.versions = dataset.versions.slice(-1);
  await added;
  if (deletes) rpc.context.keeper.dataset(dataset);
  return made(dataset, badTags(body));
}

export const createDatasetVersion: Handler = (rpc) => {
  const key = `${text(rpc.body, 'ownerSlug')}/${text(rpc.body, 'datasetSlug')}`.toLowerCase();
  return createVersion(rpc, rpc.context.state.datasets.get(key));
};

export const createDatasetVersionById: Handler = (rpc) => {
  const id = integer(rpc.body, 'id');
  return createVersion(
    rpc,
    [...rpc.context.state.datasets.values()].find((candidate) => candidate.id === id),
  );
};

function describeDataset(context: Context, dataset: Dataset): object {
  const { id, owner, slug, title, subtitle, description, licenseName, isPrivate, keywords } = dataset;
  const current = currentVersion(context, dataset);
  return {
    id,
    ref: `${owner}/${slug}`,
    title,
    subtitle,
    description,
    totalBytes: current.files.reduce((sum, file) => sum + sizeOf(file), 0),
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
        status: versionStatus(context, version) === 'READY' ? 'Ready' : 'Processing',
      })),
  };
}

export const getDataset: Handler = (rpc) => describeDataset(rpc.context, requested(rpc));

export const getDatasetStatus: Handler = (rpc) => {
  const dataset = named(rpc);
  if (isHidden(rpc.context, dataset)) throw new WireError(404, 'Dataset not found');
  return { status: versionStatus(rpc.context, currentVersion(rpc.context, dataset)) };
};

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
  const dataset = owned(rpc, named(rpc));
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
  rpc.context.keeper.dataset(dataset);
  return { errors: [] };
};

export const listDatasets: Handler = ({ context, user, body }) => {
  const search = text(body, 'search').toLowerCase();
  const owner = text(body, 'user').toLowerCase();
  const mine = text(body, 'group').startsWith('DATASET_SELECTION_GROUP_MY');
  const found = [...context.state.datasets.values()].filter(
    (dataset) =>
      !isHidden(context, dataset) &&
      (!dataset.isPrivate || dataset.owner === user?.username) &&
      (!mine || dataset.owner === user?.username) &&
      (!owner || dataset.owner.toLowerCase() === owner) &&
      `${dataset.title} ${dataset.slug}`.toLowerCase().includes(search),
  );
  const { items, nextPageToken } = page(found, body);
  return { datasets: items.map((dataset) => describeDataset(context, dataset)), nextPageToken: nextPageToken ?? '' };
};

export const deleteDataset: Handler = (rpc) => {
  const dataset = owned(rpc, named(rpc));
  const { keeper, state } = rpc.context;
  const key = `${dataset.owner}/${dataset.slug}`.toLowerCase();
  state.datasets.delete(key);
  state.deletedDatasets.add(key);
  keeper.dropDataset(dataset);
  return {};
};
