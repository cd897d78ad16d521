import type { Int64 } from '../../../core/codec/message.ts';
import { ValidationError } from '../../../core/errors.ts';
import { integer, list, name, oneOf } from '../../../core/options/field.ts';
import { isTrue, readMetadata, textFlag } from '../../../core/options/metadata.ts';
import type { Fields } from '../../../core/options/shape.ts';
import { normaliseRef } from '../run-ref.ts';
import type { Language } from './job-text.ts';
import type { PushRequest } from './request.ts';

/** Contents of `kernel-metadata.json`, the metadata file of the official client (kaggle 2.2.5). */
export interface KernelMetadata {
  /** `owner/slug`. */
  id?: string | undefined;
  /** Numeric id of the kernel. */
  id_no?: Int64 | undefined;
  /** Title of 5 to 50 characters. */
  title?: string | undefined;
  /** Path of the script or notebook, relative to the metadata file. */
  code_file?: string | undefined;
  /** Language of the code. */
  language?: Language | undefined;
  /** Type of the kernel. */
  kernel_type?: 'script' | 'notebook' | undefined;
  /** Whether only the owner and collaborators can see the kernel: a boolean, or the string `"true"` or `"false"`. */
  is_private?: boolean | string | undefined;
  /** Whether to run on a GPU; `machine_shape` replaces it. A boolean or a string, like `is_private`. */
  enable_gpu?: boolean | string | undefined;
  /** Whether to run on a TPU; `machine_shape` replaces it. A boolean or a string, like `is_private`. */
  enable_tpu?: boolean | string | undefined;
  /** Whether the run can access the internet. A boolean or a string, like `is_private`. */
  enable_internet?: boolean | string | undefined;
  /** Tags. */
  keywords?: readonly string[] | undefined;
  /** Datasets, each as `owner/slug`, optionally with `/version`. */
  dataset_sources?: readonly string[] | undefined;
  /** Competitions, by slug. */
  competition_sources?: readonly string[] | undefined;
  /** Kernels whose output to mount, each as `owner/slug`. */
  kernel_sources?: readonly string[] | undefined;
  /** Models, each as `owner/model/framework/variation`, optionally with `/version`. */
  model_sources?: readonly string[] | undefined;
  /** Docker image to run in, such as `gcr.io/kaggle-images/python@sha256:...`. */
  docker_image?: string | undefined;
  /** Sent to Kaggle unchanged; see `PushRequest.dockerImagePinningType`. */
  docker_image_pinning_type?: 'original' | 'latest' | undefined;
  /** Machine to run on, such as `NvidiaTeslaT4`; see `PushRequest.machineShape`. */
  machine_shape?: string | undefined;
}

const metadataFields = (): Fields<KernelMetadata> => ({
  id: name(),
  id_no: integer(),
  title: name(),
  code_file: name(),
  language: oneOf('python', 'r', 'rmarkdown'),
  kernel_type: oneOf('script', 'notebook'),
  is_private: textFlag(),
  enable_gpu: textFlag(),
  enable_tpu: textFlag(),
  enable_internet: textFlag(),
  keywords: list('strings', name()),
  dataset_sources: list('strings', name()),
  competition_sources: list('strings', name()),
  kernel_sources: list('strings', name()),
  model_sources: list('strings', name()),
  docker_image: name(),
  docker_image_pinning_type: oneOf('original', 'latest'),
  machine_shape: name(),
});

/** The slug in an `id`, which must not name a version. */
function slugOf(id: string): string {
  const slug = normaliseRef(id);
  if (slug.split('/').length <= 2) return slug;
  throw new ValidationError(`kernel-metadata.json: id: expected "owner/slug" without a version, got "${id}"`);
}

/**
 * Converts `kernel-metadata.json` of the official client to a request. The code is not part of it: add `text`, read from
 * `entry` (the `code_file`). Sends nothing.
 *
 * @param json - The text of the file, or the parsed object.
 * @returns A request for `push` or `run`.
 * @throws `ValidationError` for invalid JSON, unknown fields, invalid values, and placeholders that were not replaced.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { createClient } from 'kaggle-ts';
 * import { fromMetadata, push } from 'kaggle-ts/kernels';
 *
 * const request = fromMetadata(await readFile('job/kernel-metadata.json', 'utf8'));
 * const text = await readFile(`job/${request.entry}`, 'utf8');
 * await push(createClient(), { ...request, text });
 * ```
 */
export function fromMetadata(json: string | KernelMetadata): PushRequest {
  const given = readMetadata('kernel-metadata.json', json, metadataFields);
  const { id, language, kernel_type: kernelType } = given;
  const request: { [Name in keyof PushRequest]: PushRequest[Name] | undefined } = {
    slug: id === undefined ? undefined : slugOf(id),
    id: given.id_no,
    newTitle: given.title,
    entry: given.code_file,
    // The official client sends notebooks in R Markdown as R.
    language: kernelType === 'notebook' && language === 'rmarkdown' ? 'r' : language,
    kernelType,
    isPrivate: isTrue(given.is_private),
    enableGpu: isTrue(given.enable_gpu),
    enableTpu: isTrue(given.enable_tpu),
    enableInternet: isTrue(given.enable_internet),
    categoryIds: given.keywords,
    datasetDataSources: given.dataset_sources,
    competitionDataSources: given.competition_sources,
    kernelDataSources: given.kernel_sources,
    modelDataSources: given.model_sources,
    dockerImage: given.docker_image,
    dockerImagePinningType: given.docker_image_pinning_type,
    machineShape: given.machine_shape,
  };
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as PushRequest;
}
