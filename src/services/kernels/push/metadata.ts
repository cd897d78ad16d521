import type { Int64 } from '../../../core/codec/message.ts';
import { ValidationError } from '../../../core/errors.ts';
import { integer, list, name, oneOf } from '../../../core/options/field.ts';
import { isTrue, readMetadata, textFlag } from '../../../core/options/metadata.ts';
import type { Fields } from '../../../core/options/shape.ts';
import { normaliseRef } from '../run-ref.ts';
import type { Language } from './job-text.ts';
import type { PushRequest } from './request.ts';

/** `kernel-metadata.json` of the official client (kaggle 2.2.5, kernels_push and kernels_pull). */
export interface KernelMetadata {
  /** `owner/slug`. */
  id?: string | undefined;
  id_no?: Int64 | undefined;
  title?: string | undefined;
  code_file?: string | undefined;
  language?: Language | undefined;
  kernel_type?: 'script' | 'notebook' | undefined;
  is_private?: boolean | string | undefined;
  enable_gpu?: boolean | string | undefined;
  enable_tpu?: boolean | string | undefined;
  enable_internet?: boolean | string | undefined;
  keywords?: readonly string[] | undefined;
  dataset_sources?: readonly string[] | undefined;
  competition_sources?: readonly string[] | undefined;
  kernel_sources?: readonly string[] | undefined;
  model_sources?: readonly string[] | undefined;
  docker_image?: string | undefined;
  docker_image_pinning_type?: 'original' | 'latest' | undefined;
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

/** The kernel that an `id` names: a version of one cannot be pushed to. */
function slugOf(id: string): string {
  const slug = normaliseRef(id);
  if (slug.split('/').length <= 2) return slug;
  throw new ValidationError(`kernel-metadata.json: id: expected "owner/slug" without a version, got "${id}"`);
}

/**
 * The request that `kernel-metadata.json` stands for: its text, or what it holds. Add the code, which is that of `entry` (its
 * `code_file`): `push(client, { ...fromMetadata(json), text })`. Asks nothing of Kaggle.
 *
 * @throws `ValidationError` for what is not JSON, for members that are unknown, with the name that is probably meant, for values
 * of a wrong form, and for placeholders that were not replaced.
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
