import type { Context, Handler, Rpc } from './context.ts';
import { findDataset } from './datasets.ts';
import { signedUrl } from './downloads.ts';
import type { StoredFile } from './stored-file.ts';
import type { EmulatorUser, Kernel, KernelVersion } from './types.ts';
import { flag, integer, page, text, texts, WireError } from './wire.ts';
import { zipOf } from './zip.ts';

const iso = (ms: number) => new Date(ms).toISOString();
const denied = (what: string) => new WireError(403, `Permission '${what}' was denied`);

/** A kernel that is not there is denied, not missing: so the real service answers. */
export function findKernel({ context, user }: Pick<Rpc, 'context' | 'user'>, owner: string, slug: string): Kernel {
  const kernel = context.state.kernels.get(`${owner}/${slug.split('/')[0]}`.toLowerCase());
  if (!kernel || (kernel.isPrivate && kernel.owner !== user?.username)) throw denied('kernels.get');
  return kernel;
}

function requested(rpc: Rpc): Kernel {
  return findKernel(rpc, text(rpc.body, 'userName') || text(rpc.body, 'ownerSlug'), text(rpc.body, 'kernelSlug'));
}

/** The version that is shown without a label: a new one only after the lag, as with the real service. */
export function currentVersion(context: Context, kernel: Kernel): KernelVersion {
  const visible = kernel.versions.filter(({ created }) => context.now() - created >= context.options.lag);
  return visible.at(-1) ?? kernel.versions[0]!;
}

/** The version that a request means, by its label as far as the emulator honours labels. */
export function requestedVersion(context: Context, kernel: Kernel, label: string): KernelVersion {
  const { versionLabel } = context.options;
  if (!label || versionLabel === 'ignore') return currentVersion(context, kernel);
  if (versionLabel === 'refuse') throw new WireError(400, 'Invalid version label');
  const version = kernel.versions.find(({ number }) => String(number) === label);
  if (!version) throw new WireError(404, 'Kernel version not found');
  return version;
}

function slugOf(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Which data sources do not exist for the user, by the field of the answer that names them. */
function invalidSources(rpc: Rpc): Record<string, string[]> {
  const missing = (names: string[], find: (owner: string, slug: string) => unknown) =>
    names.filter((name) => {
      const [owner, slug] = name.split('/');
      try {
        return !owner || !slug || !find(owner, slug);
      } catch {
        return true;
      }
    });
  return {
    invalidTags: texts(rpc.body, 'categoryIds').filter((tag) => tag.includes(' ')),
    invalidDatasetSources: missing(texts(rpc.body, 'datasetDataSources'), (owner, slug) =>
      findDataset(rpc, owner, slug),
    ),
    invalidKernelSources: missing(texts(rpc.body, 'kernelDataSources'), (owner, slug) => findKernel(rpc, owner, slug)),
    invalidCompetitionSources: texts(rpc.body, 'competitionDataSources'),
    invalidModelSources: texts(rpc.body, 'modelDataSources'),
  };
}

function accelerator(body: Record<string, unknown>): string | undefined {
  return text(body, 'machineShape') || (flag(body, 'enableTpu') ? 'TPU' : flag(body, 'enableGpu') ? 'GPU' : undefined);
}

/** Why a run may not have what it asks for, or `undefined`. */
function refusal(user: EmulatorUser, wanted: string | undefined): string | undefined {
  if (!wanted) return undefined;
  if (user.phoneVerified === false) return 'Your account must be verified by phone before you can use accelerators';
  const left = /^tpu/i.test(wanted) ? (user.tpuSecondsLeft ?? 72_000) : (user.gpuSecondsLeft ?? 108_000);
  return left <= 0 ? 'Your weekly accelerator quota is used up' : undefined;
}

function existing(rpc: Rpc, slug: string): Kernel | undefined {
  const { kernels } = rpc.context.state;
  const id = integer(rpc.body, 'id');
  return id === undefined ? kernels.get(slug.toLowerCase()) : [...kernels.values()].find((kernel) => kernel.id === id);
}

export const saveKernel: Handler = (rpc) => {
  const { context, body } = rpc;
  const user = rpc.user!;
  const written = text(body, 'slug');
  const owner = written.includes('/') ? written.split('/')[0]! : user.username;
  if (owner !== user.username) throw denied('kernels.update');
  const title = text(body, 'newTitle');
  const wanted = accelerator(body);
  const error =
    refusal(user, wanted) ?? (title && title.length < 5 ? 'The title must have at least 5 characters' : undefined);
  if (error) return { error, ref: '', url: '' };
  let kernel = existing(rpc, written.includes('/') ? written : `${owner}/${written}`);
  if (kernel && kernel.owner !== user.username) throw denied('kernels.update');
  if (!kernel) {
    // A new kernel is found under the slug of its title, whatever the request's slug says.
    const slug = title ? slugOf(title) : (written.split('/').at(-1) ?? '');
    if (slug.length < 5) return { error: 'The slug must have at least 5 characters', ref: '', url: '' };
    kernel = context.state.kernels.get(`${owner}/${slug}`) ?? {
      id: context.id(),
      owner,
      slug,
      title: title || slug,
      isPrivate: true,
      versions: [],
    };
    context.state.kernels.set(`${owner}/${slug}`, kernel);
  } else if (title) kernel.title = title;
  kernel.isPrivate = body.isPrivate === undefined ? true : flag(body, 'isPrivate');
  const version: KernelVersion = {
    number: (kernel.versions.at(-1)?.number ?? 0) + 1,
    sessionId: context.id(),
    request: body,
    text: text(body, 'text'),
    created: context.now(),
    status: 'QUEUED',
    log: [],
    files: [],
    accelerator: wanted,
    abort: new AbortController(),
    listeners: new Set(),
  };
  kernel.versions.push(version);
  context.schedule();
  const ref = `${owner}/${kernel.slug}`;
  return {
    ref: `/code/${ref}`,
    url: `https://www.kaggle.com/code/${ref}`,
    versionNumber: version.number,
    kernelId: kernel.id,
    error: '',
    ...invalidSources(rpc),
  };
};

function metadata(context: Context, kernel: Kernel): Record<string, unknown> {
  const version = currentVersion(context, kernel);
  const { request } = version;
  return {
    id: kernel.id,
    ref: `${kernel.owner}/${kernel.slug}`,
    title: kernel.title,
    author: kernel.owner,
    slug: kernel.slug,
    lastRunTime: iso(version.created),
    language: request.language,
    kernelType: request.kernelType,
    isPrivate: kernel.isPrivate,
    enableGpu: request.enableGpu ?? false,
    enableTpu: request.enableTpu ?? false,
    enableInternet: request.enableInternet ?? false,
    categoryIds: request.categoryIds ?? [],
    datasetDataSources: request.datasetDataSources ?? [],
    kernelDataSources: request.kernelDataSources ?? [],
    competitionDataSources: request.competitionDataSources ?? [],
    modelDataSources: request.modelDataSources ?? [],
    currentVersionNumber: version.number,
    machineShape: version.accelerator,
    totalVotes: 0,
  };
}

export const getKernel: Handler = (rpc) => {
  const kernel = requested(rpc);
  const label = text(rpc.body, 'kernelSlug').split('/')[1] ?? text(rpc.body, 'versionLabel');
  const { text: source, request } = requestedVersion(rpc.context, kernel, label);
  const { language, kernelType } = request;
  return { metadata: metadata(rpc.context, kernel), blob: { source, language, kernelType, slug: kernel.slug } };
};

export const getKernelSessionStatus: Handler = (rpc) => {
  const { status, failureMessage } = requestedVersion(rpc.context, requested(rpc), text(rpc.body, 'versionLabel'));
  return { status, failureMessage };
};

const sorted = (files: readonly StoredFile[]) => [...files].sort((a, b) => (a.name < b.name ? -1 : 1));

export const listKernelSessionOutput: Handler = (rpc) => {
  const version = requestedVersion(rpc.context, requested(rpc), text(rpc.body, 'versionLabel'));
  const { items, nextPageToken } = page(sorted(version.files), rpc.body);
  const files = items.map((file) => ({ url: signedUrl(rpc.context, file), fileName: file.name }));
  return { files, log: JSON.stringify(version.log), nextPageToken };
};

export const listKernelFiles: Handler = (rpc) => {
  const version = requestedVersion(rpc.context, requested(rpc), text(rpc.body, 'versionLabel'));
  const { items, nextPageToken } = page(sorted(version.files), rpc.body);
  return {
    files: items.map(({ name, data, created }) => ({ name, size: data.length, creationDate: iso(created) })),
    nextPageToken,
  };
};

function redirectTo({ context }: Rpc, version: KernelVersion, path: string): Response {
  const file = path
    ? version.files.find(({ name }) => name === path)
    : zipOf(version.files, 'output.zip', version.created);
  if (!file) throw new WireError(404, 'File not found');
  return new Response(null, { status: 302, headers: { location: signedUrl(context, file) } });
}

export const downloadKernelOutput: Handler = (rpc) => {
  const kernel = requested(rpc);
  const number = integer(rpc.body, 'versionNumber');
  const version = number
    ? kernel.versions.find((candidate) => candidate.number === number)
    : currentVersion(rpc.context, kernel);
  if (!version) throw new WireError(404, 'Kernel version not found');
  return redirectTo(rpc, version, text(rpc.body, 'filePath'));
};

function session(rpc: Rpc): { kernel: Kernel; version: KernelVersion } {
  const id = integer(rpc.body, 'kernelSessionId');
  for (const kernel of rpc.context.state.kernels.values()) {
    const version = kernel.versions.find(({ sessionId }) => sessionId === id);
    if (version && kernel.owner === rpc.user?.username) return { kernel, version };
  }
  throw denied('kernelSessions.get');
}

export const downloadKernelOutputZip: Handler = (rpc) => redirectTo(rpc, session(rpc).version, '');

/** Asks a run to stop. */
export function cancelRun(context: Context, version: KernelVersion): void {
  if (version.status !== 'QUEUED' && version.status !== 'RUNNING') return;
  version.status = version.status === 'QUEUED' ? 'CANCEL_ACKNOWLEDGED' : 'CANCEL_REQUESTED';
  version.abort.abort(new Error('the run was cancelled'));
  for (const listener of version.listeners) listener();
  context.schedule();
}

export const cancelKernelSession: Handler = (rpc) => {
  const { version } = session(rpc);
  if (version.status !== 'QUEUED' && version.status !== 'RUNNING')
    return { errorMessage: 'The session is not running' };
  cancelRun(rpc.context, version);
  return {};
};

export const deleteKernel: Handler = (rpc) => {
  const kernel = requested(rpc);
  if (kernel.owner !== rpc.user?.username) throw denied('kernels.delete');
  for (const version of kernel.versions) cancelRun(rpc.context, version);
  rpc.context.state.kernels.delete(`${kernel.owner}/${kernel.slug}`.toLowerCase());
  return {};
};

export const listKernels: Handler = ({ context, user, body }) => {
  const owner = text(body, 'user');
  const search = text(body, 'search').toLowerCase();
  const mine = text(body, 'group') === 'PROFILE' || owner === 'me';
  const found = [...context.state.kernels.values()].filter(
    (kernel) =>
      (!kernel.isPrivate || kernel.owner === user?.username) &&
      (mine ? kernel.owner === user?.username : !owner || kernel.owner === owner) &&
      `${kernel.title} ${kernel.slug}`.toLowerCase().includes(search),
  );
  const { items, nextPageToken } = page(found, body);
  return { kernels: items.map((kernel) => metadata(context, kernel)), nextPageToken: nextPageToken ?? '' };
};

export const getAcceleratorQuotaStatistics: Handler = ({ context, user }) => {
  const quota = (total: number, left: number) => ({
    timeUsed: `${Math.max(0, total - left)}s`,
    timeReserved: '0s',
    totalTimeAllowed: `${total}s`,
    minimumTimeAllowed: `${total}s`,
  });
  const week = 7 * 86_400_000;
  return {
    quotaRefreshTime: iso((Math.floor(context.now() / week) + 1) * week),
    gpuQuota: quota(108_000, user?.gpuSecondsLeft ?? 108_000),
    tpuQuota: quota(72_000, user?.tpuSecondsLeft ?? 72_000),
  };
};

/** An interactive session is an operation that is done at once: nothing runs until a version is pushed. */
export const createKernelSession: Handler = (rpc) => {
  const [owner = '', slug = ''] = text(rpc.body, 'slug').split('/');
  const kernel = findKernel(rpc, owner, slug);
  return { name: `operations/${rpc.context.id()}`, done: true, response: { kernelId: kernel.id } };
};
