import { ValidationError } from '../../../core/errors.ts';
import { slugify } from '../../../core/slug/slugify.ts';
import type { ApiGetKernelResponse, ApiKernelMetadata } from '../generated/types.ts';
import type { Language } from './job-text.ts';
import { withoutMark } from './mark.ts';
import { restoreNotebook } from './notebook.ts';
import { paramsFiles, readPrologue } from './prologue.ts';
import type { PushRequest } from './request.ts';

type Code = Pick<PushRequest, 'text' | 'files' | 'entry' | 'params'>;

function textOf(content: string | Uint8Array = ''): string {
  return typeof content === 'string' ? content : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
}

/** The code and parameters of a pushed source. A source whose files are in a dataset stays as it was pushed. */
function codeOf(source: string, isNotebook: boolean): Code {
  const pushed = isNotebook ? restoreNotebook(source) : { text: withoutMark(source), setup: undefined };
  const setup = readPrologue(pushed.setup ?? (isNotebook ? '' : pushed.text));
  if (!setup || setup.mounted) return { text: isNotebook && setup ? withoutMark(source) : pushed.text };
  const { [paramsFiles[0]!]: module, [paramsFiles[1]!]: json, [setup.entry]: script, ...others } = setup.files;
  // A script that can be canceled has empty parameters.
  const given = module === undefined || json === '{}' ? undefined : textOf(json);
  const params = given === undefined ? {} : { params: JSON.parse(given) };
  const main = isNotebook ? pushed.text : textOf(script);
  if (Object.keys(others).length === 0) return { text: main, ...params };
  return { files: { [setup.entry]: main, ...others }, entry: setup.entry, ...params };
}

/** Kaggle's name for the machine; `Gpu` is that of a kernel that was saved with `enableGpu`. */
function shapeOf({ machineShape, enableGpu, enableTpu }: ApiKernelMetadata): string | undefined {
  if (machineShape && !/^(?:gpu|none)$/i.test(machineShape)) return machineShape;
  if (enableGpu || /^gpu$/i.test(machineShape ?? '')) return 'NvidiaTeslaT4';
  return enableTpu ? 'TpuV5E8' : undefined;
}

/**
 * Converts a kernel version to the request that pushes it again. What `push` and `start` added to the source is removed: the code, its
 * additional files and its parameters are those that were passed to them. Sends nothing.
 *
 * @param kernel - The result of `get`.
 * @returns A request for `push`, `start` or `run`. `newTitle` is left out if the kernel was renamed, so that its title no longer
 * resolves to its slug.
 * @throws `ValidationError` if Kaggle returned no settings or no source.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { fromKernel, get, start } from 'kaggle-ts/kernels';
 *
 * const client = createClient();
 * const request = fromKernel(await get(client, 'alice/my-training/3'));
 * await start(client, { ...request, params: { epochs: 20 } });
 * ```
 */
export function fromKernel({ metadata, blob }: ApiGetKernelResponse): PushRequest {
  if (!metadata || !blob?.source) {
    const what = metadata ? `the source of ${metadata.ref}` : 'the settings of the kernel';
    throw new ValidationError(`cannot push the kernel again: Kaggle did not return ${what}; get it with kernels.get`);
  }
  const kernelType = (blob.kernelType ?? metadata.kernelType) === 'notebook' ? 'notebook' : 'script';
  const slug = metadata.ref.split('/').at(-1);
  const request: { [Name in keyof PushRequest]: PushRequest[Name] } = {
    slug: metadata.ref,
    newTitle: slugify(metadata.title) === slug ? metadata.title : undefined,
    ...codeOf(blob.source, kernelType === 'notebook'),
    language: (blob.language || metadata.language || undefined) as Language | undefined,
    kernelType,
    isPrivate: metadata.isPrivate,
    enableInternet: metadata.enableInternet,
    machineShape: shapeOf(metadata),
    dockerImage: metadata.dockerImage || undefined,
  };
  for (const name of [
    'categoryIds',
    'datasetDataSources',
    'competitionDataSources',
    'kernelDataSources',
    'modelDataSources',
  ] as const) {
    if (metadata[name]?.length > 0) request[name] = metadata[name];
  }
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}
