import type { Handler } from '../context.ts';
import type { Kernel, KernelVersion } from '../types.ts';
import { page, text } from '../wire.ts';
import { labelledVersion, requestedKernel } from './find.ts';

function metadata(kernel: Kernel, version: KernelVersion): Record<string, unknown> {
  const { request } = version;
  return {
    id: kernel.id,
    ref: `${kernel.owner}/${kernel.slug}`,
    title: kernel.title,
    author: kernel.owner,
    slug: kernel.slug,
    lastRunTime: new Date(version.created).toISOString(),
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
    currentVersionNumber: kernel.versions.at(-1)!.number,
    machineShape: version.shape,
    totalVotes: 0,
  };
}

export const getKernel: Handler = (rpc) => {
  const kernel = requestedKernel(rpc);
  const version = labelledVersion(kernel, text(rpc.body, 'versionLabel'));
  const { language, kernelType } = version.request;
  const blob = { source: version.text, language, kernelType, slug: kernel.slug };
  return { metadata: metadata(kernel, version), blob };
};

/** The times by which `sortBy` orders kernels, newest first; by others they stay in the order in which they were created. */
const times: Readonly<Record<string, (kernel: Kernel) => number>> = {
  DATE_CREATED: ({ versions }) => versions[0]!.created,
  DATE_RUN: ({ versions }) => versions.at(-1)!.created,
};

export const listKernels: Handler = ({ context, user, body }) => {
  const owner = text(body, 'user').toLowerCase();
  const search = text(body, 'search').toLowerCase();
  const mine = text(body, 'group') === 'PROFILE' || owner === 'me';
  const found = [...context.state.kernels.values()].filter(
    (kernel) =>
      (!kernel.isPrivate || kernel.owner === user?.username) &&
      (mine ? kernel.owner === user?.username : !owner || kernel.owner.toLowerCase() === owner) &&
      `${kernel.title} ${kernel.slug}`.toLowerCase().includes(search),
  );
  const time = times[text(body, 'sortBy')];
  if (time) found.sort((a, b) => time(b) - time(a));
  const { items, nextPageToken } = page(found, body);
  const kernels = items.map((kernel) => metadata(kernel, kernel.versions.at(-1)!));
  return { kernels, nextPageToken: nextPageToken ?? '' };
};
