import { slugify } from '../../core/slug/slugify.ts';
import type { Handler, Rpc } from '../context.ts';
import { boundVersion } from '../dataset-versions.ts';
import { findDataset } from '../datasets.ts';
import type { Kernel, KernelVersion } from '../types.ts';
import { flag, integer, text, texts, WireError } from '../wire.ts';
import { denied, findKernel } from './find.ts';
import { kindOf, recordedShape } from './machines.ts';
import { quotaRefusal, slotRefusal } from './quota.ts';

/** Size in bytes above which a source is refused with an empty 400. Observed: 1.25 MB is accepted, 1.8 MB is not. */
const largestText = 1_500_000;

/** A refusal in a response with HTTP 200. */
const refused = (error: string) => ({ error, ref: '', url: '', versionNumber: 0 });

interface Bound {
  datasets: { source: string; number: number }[];
  invalid: Record<string, string[]>;
}

/** Selects the versions of the datasets that are READY now, and lists the sources that the user cannot access. */
function bindSources(rpc: Rpc): Bound {
  const datasets: Bound['datasets'] = [];
  const missing = (field: string, find: (owner: string, slug: string, number: string | undefined) => unknown) =>
    texts(rpc.body, field).filter((name) => {
      const [owner = '', slug = '', number] = name.split('/');
      try {
        return !find(owner, slug, number);
      } catch {
        return true;
      }
    });
  const bind = (owner: string, slug: string, wanted: string | undefined) => {
    const dataset = findDataset(rpc, owner, slug);
    const bound = boundVersion(rpc.context, dataset, wanted ? Number(wanted) : undefined);
    if (bound) datasets.push({ source: `${owner}/${slug}`, number: bound.number });
    // A version that is being processed is a valid source, but there is nothing to mount yet.
    return !wanted || dataset.versions.some(({ number }) => String(number) === wanted);
  };
  const invalid = {
    invalidTags: texts(rpc.body, 'categoryIds').filter((tag) => tag.includes(' ')),
    invalidDatasetSources: missing('datasetDataSources', bind),
    invalidKernelSources: missing('kernelDataSources', (owner, slug) => findKernel(rpc, owner, slug)),
    invalidCompetitionSources: texts(rpc.body, 'competitionDataSources'),
    invalidModelSources: texts(rpc.body, 'modelDataSources'),
  };
  return { datasets, invalid };
}

/** The existing kernel that a request refers to, if any. */
function existing({ body, context }: Rpc, slug: string): Kernel | undefined {
  const id = integer(body, 'id');
  const { kernels } = context.state;
  return id === undefined ? kernels.get(slug.toLowerCase()) : [...kernels.values()].find((kernel) => kernel.id === id);
}

/** Throws 409 if another kernel of the owner has the same title, or the slug of this title. */
function checkTitle({ context }: Rpc, owner: string, title: string, kernel: Kernel | undefined): void {
  for (const other of context.state.kernels.values()) {
    if (other === kernel || other.owner !== owner) continue;
    const same = other.title.toLowerCase() === title.toLowerCase() || (!kernel && other.slug === slugify(title));
    if (same) throw new WireError(409, 'Requested entity already exists');
  }
}

export const saveKernel: Handler = (rpc) => {
  const { context, body } = rpc;
  const user = rpc.user!;
  const source = text(body, 'text');
  if (new TextEncoder().encode(source).length > largestText) return new Response(null, { status: 400 });
  const written = text(body, 'slug');
  const slug = written.includes('/') ? written : `${user.username}/${written}`;
  let kernel = existing(rpc, slug);
  const owner = kernel?.owner ?? slug.split('/')[0]!;
  const unknownId = integer(body, 'id') !== undefined && !kernel;
  if (owner.toLowerCase() !== user.username.toLowerCase() || unknownId) return refused('Kernel not found');
  const title = text(body, 'newTitle');
  if (title && title.length < 5) return refused('The title must have at least 5 characters');
  if (user.phoneVerified === false && flag(body, 'enableInternet')) throw denied('kernelSessions.enableInternet');
  const type = text(body, 'kernelType') || 'script';
  if (kernel && kernel.versions.at(-1)!.request.kernelType !== type)
    return refused('You cannot change the editor type');
  if (title) checkTitle(rpc, user.username, title, kernel);

  const runs = text(body, 'kernelExecutionType') !== 'QUICK_SAVE';
  const shape = recordedShape(body);
  if (shape && user.phoneVerified === false) {
    return refused('Your account must be verified by phone before you can use accelerators');
  }
  const kind = kindOf(shape);
  const noSlot = runs ? slotRefusal(context, user, kind) : undefined;
  const refusal = noSlot ?? (runs ? quotaRefusal(context, user, kind) : undefined);
  if (refusal && !(noSlot && context.options.savesWithoutSlot)) return refused(refusal);

  if (!kernel) {
    // The slug of a new kernel comes from its title; the requested slug is ignored.
    const name = title ? slugify(title) : slug.split('/').at(-1)!.toLowerCase();
    if (name.length < 5) return refused('The slug must have at least 5 characters');
    kernel = {
      id: context.id(),
      owner: user.username,
      slug: name,
      title: title || name,
      isPrivate: true,
      versions: [],
    };
    context.state.kernels.set(`${user.username}/${name}`.toLowerCase(), kernel);
  } else if (title) kernel.title = title;
  kernel.isPrivate = body.isPrivate === undefined || flag(body, 'isPrivate');
  const { datasets, invalid } = bindSources(rpc);
  const version: KernelVersion = {
    number: (kernel.versions.at(-1)?.number ?? 0) + 1,
    sessionId: context.id(),
    request: { ...body, kernelType: type },
    text: source,
    created: context.now(),
    runs: runs && !noSlot,
    status: 'QUEUED',
    log: [],
    files: [],
    shape,
    datasets,
    abort: new AbortController(),
    listeners: new Set(),
  };
  kernel.versions.push(version);
  context.keeper.kernel(kernel);
  context.schedule();
  if (noSlot) return refused(noSlot);
  const ref = `/code/${kernel.owner}/${kernel.slug}`;
  const url = `https://www.kaggle.com${ref}`;
  return { ref, url, versionNumber: version.number, kernelId: kernel.id, error: '', ...invalid };
};
