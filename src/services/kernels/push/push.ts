import type { KaggleClient } from '../../../core/client.ts';
import type { Int64 } from '../../../core/codec/message.ts';
import { ApiError, ValidationError } from '../../../core/errors.ts';
import type { TransferOptions } from '../../../core/progress.ts';
import { saveKernel } from '../generated/methods.ts';
import type { ApiSaveKernelResponse } from '../generated/types.ts';
import { normaliseRef } from '../run-ref.ts';
import { uploadCode } from './code-dataset.ts';
import { readJob } from './job-text.ts';
import { checkPushRequest, type PushRequest } from './push-request.ts';
import { checkQuota } from './quota.ts';
import { checkSources, type KernelSources } from './sources.ts';

/** A version that was pushed; `wait`, `status`, `logs`, `output` and `cancel` take it as it is. */
export interface PushedKernel {
  /** `owner/slug`. */
  ref: string;
  /** The address of its page. */
  url: string;
  /** The version that was pushed; `undefined` if the server did not tell. */
  versionNumber: number | undefined;
  kernelId: Int64;
  /** Tags that Kaggle does not know. */
  invalidTags: readonly string[];
  /** Sources that Kaggle left out; empty unless `allowInvalidSources` was given. */
  invalidSources: readonly string[];
}

/** The sources that the server left out, each with its kind. */
function invalidSources(answer: ApiSaveKernelResponse): string[] {
  const kinds = {
    dataset: answer.invalidDatasetSources,
    competition: answer.invalidCompetitionSources,
    kernel: answer.invalidKernelSources,
    model: answer.invalidModelSources,
  };
  return Object.entries(kinds).flatMap(([kind, sources]) => sources.map((source) => `${kind} ${source}`));
}

function withSource(sources: KernelSources, source: string): readonly string[] {
  const { sources: merged, issues } = checkSources({
    datasetDataSources: [...(sources.datasetDataSources ?? []), source],
  });
  if (issues.length > 0) throw new ValidationError(issues[0]!.message, issues);
  return merged.datasetDataSources!;
}

/**
 * Saves a version of a kernel and starts it. The code is one text (a notebook is normalised as the official client does)
 * or a folder with an entry, whose other modules travel along; `params` reach the script as JSON. Everything is checked
 * before anything is sent.
 *
 * Throws `ValidationError` (also for a title that does not resolve to the slug, for two datasets that would be mounted
 * at one place, and for a quota that is used up), `AuthenticationError` without a credential, `TransferError` when the
 * modules cannot be uploaded, and `ApiError` for what Kaggle refuses. When Kaggle took the version but left out sources
 * that are not valid, that is an `ApiError` too, unless `allowInvalidSources` is given: its message says that the version
 * exists.
 */
export async function push(
  client: KaggleClient,
  request: PushRequest,
  options: TransferOptions = {},
): Promise<PushedKernel> {
  const { signal } = options;
  const checked = checkPushRequest(request);
  const job = await readJob(client, checked, signal);
  if (job.upload.length > 0 && checked.slug === undefined) {
    throw new ValidationError('a folder whose files become a dataset needs the slug of the kernel, not only its id');
  }
  await client.requireCredential('kernels.push');
  const slug =
    checked.slug?.includes('/') === false ? `${await client.whoAmI({ signal })}/${checked.slug}` : checked.slug;
  if (checked.checkQuota !== false) await checkQuota(client, checked, { signal });

  let text = '';
  let { datasetDataSources } = checked;
  if (job.upload.length > 0) {
    const [owner, name] = slug!.split('/') as [string, string];
    const code = await uploadCode(client, owner, name, job.upload, options);
    datasetDataSources = withSource(checked, code.source);
    text = job.text(code.mounts);
  } else text = job.text();

  const { kernelType, language } = checked;
  const answer = await client.call(
    saveKernel,
    {
      id: checked.id,
      slug,
      newTitle: checked.newTitle,
      text,
      // The official client does the same: the server knows no notebooks in R Markdown.
      language: kernelType === 'notebook' && language === 'rmarkdown' ? 'r' : language,
      kernelType,
      isPrivate: checked.isPrivate,
      enableGpu: checked.enableGpu,
      enableTpu: checked.enableTpu,
      enableInternet: checked.enableInternet,
      datasetDataSources,
      competitionDataSources: checked.competitionDataSources,
      kernelDataSources: checked.kernelDataSources,
      modelDataSources: checked.modelDataSources,
      categoryIds: checked.categoryIds,
      dockerImage: checked.dockerImage,
      dockerImagePinningType: checked.dockerImagePinningType,
      sessionTimeoutSeconds: checked.sessionTimeoutSeconds,
      priority: checked.priority,
      kernelExecutionType: checked.kernelExecutionType,
      machineShape: checked.machineShape,
    },
    { signal },
  );
  const ref = normaliseRef(answer.ref || slug || '');
  const invalid = invalidSources(answer);
  const versionNumber = Number(answer.versionNumber ?? 0) || undefined;
  if (invalid.length > 0 && !checked.allowInvalidSources) {
    throw new ApiError(
      `Kaggle saved ${ref} as version ${versionNumber ?? '?'} and runs it, but left out sources that are not valid: ${invalid.join(', ')}`,
      { status: 200, method: 'kernels.KernelsApiService/SaveKernel' },
    );
  }
  return {
    ref,
    url: answer.url,
    versionNumber,
    kernelId: answer.kernelId,
    invalidTags: answer.invalidTags,
    invalidSources: invalid,
  };
}
