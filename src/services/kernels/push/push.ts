import { abortable } from '../../../core/abortable.ts';
import type { Init } from '../../../core/codec/message.ts';
import { ValidationError } from '../../../core/errors.ts';
import { checkCall, refuse } from '../../../core/options/check.ts';
import { callback, shown } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import { transferFields } from '../../../core/options/transfer.ts';
import type { TransferOptions } from '../../../core/progress.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import { type OnWarning, warn } from '../../../core/warn.ts';
import { getKernel } from '../generated/methods.ts';
import type { ApiSaveKernelRequest } from '../generated/types.ts';
import { ownName, type RunRef, resolveRun, runFields } from '../run-ref.ts';
import { uploadCode } from './code-dataset.ts';
import { readJob } from './job-text.ts';
import { checkPushed, type PushedKernel, toPushed } from './pushed.ts';
import { checkQuota } from './quota.ts';
import { largeText } from './refusals.ts';
import { type PushRequest, pushField, requestIssues, settleRequest } from './request.ts';
import { type SaveOptions, type SlotOptions, save, slotFields } from './save.ts';
import { shapeDifference, shapeWarning } from './shapes.ts';
import { checkSources, type KernelSources } from './sources.ts';

/** Options of `push`. */
export interface PushOptions extends TransferOptions, SlotOptions {
  /** Aborts the push; the promise rejects with the signal's reason. A version that Kaggle has saved stays. */
  signal?: AbortSignal | undefined;
  /**
   * Receives warnings, for example about a retired machine or a large source.
   * @default the log of the platform (standard error, or the console)
   */
  onWarning?: OnWarning | undefined;
  /** Receives the version as soon as Kaggle has saved it, even if the push then throws `PartialPushError`. */
  onPushed?: ((kernel: PushedKernel) => void) | undefined;
}

const optionFields = (): Fields<PushOptions> => ({
  ...transferFields(),
  ...slotFields(),
  onWarning: callback(),
  onPushed: callback(),
});

function withSource(sources: KernelSources, source: string): readonly string[] {
  const { sources: merged, issues } = checkSources({
    datasetDataSources: [...(sources.datasetDataSources ?? []), source],
  });
  if (issues.length > 0) throw new ValidationError(issues[0]!.message, issues);
  return merged.datasetDataSources!;
}

/** Warns about the machine and the size of the source before the push. */
function warnBefore(client: KaggleClient, { machineShape }: PushRequest, text: string, options: PushOptions): void {
  const shape = machineShape && shapeWarning(machineShape);
  if (shape) warn(client, options, shape);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > largeText) {
    const size = (bytes / 1e6).toFixed(2);
    warn(
      client,
      options,
      `the source is ${size} MB, and Kaggle refuses more than about 1.2 MB; move code and data to a dataset`,
    );
  }
}

/** Warns if Kaggle recorded another machine. Ignores a failure to read it. */
async function warnAfter(client: KaggleClient, asked: string, run: RunRef, options: PushOptions): Promise<void> {
  try {
    const fields = runFields(await resolveRun(client, run, options));
    const { metadata } = await client.call(getKernel, fields, { signal: options.signal, timeout: 30 });
    const difference = metadata && shapeDifference(asked, metadata.machineShape);
    if (difference) warn(client, options, difference);
  } catch {
    options.signal?.throwIfAborted();
  }
}

/**
 * Saves a version of a kernel and starts it.
 *
 * The code is one text, or a folder with an `entry` whose other files are sent too. A notebook is converted to a form that
 * Kaggle can run. `params` reach a Python script as JSON. Everything is checked before anything is sent.
 *
 * Pushing while another version runs starts a second session: both run, and both use quota.
 *
 * @param request - The kernel, its code, its data sources and its settings.
 * @returns The pushed version. Pass it to `wait`, `status`, `logs`, `output` or `cancel` as it is.
 * @throws `ValidationError` if the request is invalid, for example if the title does not resolve to the slug.
 * @throws `CapacityError` if the account runs as many sessions as Kaggle allows, unless `waitForSlot` is given.
 * @throws `QuotaError` if the weekly GPU or TPU quota is used up.
 * @throws `PartialPushError`, with the pushed `kernel`, if Kaggle left out invalid sources or tags, unless
 * `allowInvalidSources` is given.
 * @throws `AuthenticationError` without a valid credential, and `ApiError` for other refusals.
 * @throws `TransferError` if the files of the folder cannot be uploaded.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { push, wait } from 'kaggle-ts/kernels';
 *
 * const client = createClient();
 * const run = await push(client, {
 *   slug: 'alice/my-training',
 *   newTitle: 'My Training',
 *   folder: './job',
 *   entry: 'train.py',
 *   params: { epochs: 3 },
 *   datasetDataSources: ['alice/my-points'],
 *   machineShape: 'NvidiaTeslaT4',
 * });
 * await wait(client, run);
 * ```
 */
export async function push(
  client: KaggleClient,
  request: PushRequest,
  options: PushOptions = {},
): Promise<PushedKernel> {
  checkCall('kernels.push', client, { request, options }, { request: pushField, options: optionFields });
  return pushKernel(client, request, options);
}

/**
 * Like `push`. With `settle`, an abort waits for the response of the call that saves, and resolves to what was saved.
 */
export async function pushKernel(
  client: KaggleClient,
  request: PushRequest,
  options: PushOptions & SaveOptions,
): Promise<PushedKernel> {
  const signal = joinSignals(client.signal, options.signal);
  signal.throwIfAborted();
  refuse('kernels.push', requestIssues({ ...request }));
  const { onProgress, concurrency } = options;
  const checked = settleRequest(request);
  const job = await abortable(readJob(client, checked, signal), signal);
  if (job.upload.length > 0 && checked.slug === undefined) {
    const message = 'is missing; the folder is uploaded as a dataset, which needs the slug in place of the id';
    refuse('kernels.push', [{ path: 'slug', message }]);
  }
  if (job.empty) {
    const what = checked.entry === undefined ? 'text' : shown(checked.entry);
    throw new ValidationError(`kernels.push: ${what} is empty; there is nothing to run`);
  }
  await client.requireCredential('kernels.push', { signal });
  const slug =
    checked.slug?.includes('/') === false ? `${await ownName(client, { signal })}/${checked.slug}` : checked.slug;
  if (checked.checkQuota !== false) await checkQuota(client, checked, { signal });

  let text = '';
  let { datasetDataSources } = checked;
  if (job.upload.length > 0) {
    const [owner, name] = slug!.split('/') as [string, string];
    const code = await uploadCode(client, owner, name, job.upload, { signal, onProgress, concurrency });
    datasetDataSources = withSource(checked, code.source);
    text = job.text(code.mounts);
  } else text = job.text();
  warnBefore(client, checked, text, options);

  const { kernelType, machineShape } = checked;
  const fields: Init<ApiSaveKernelRequest> = {
    id: checked.id,
    slug,
    newTitle: checked.newTitle,
    text,
    // As the official client does: the server has no notebooks in R Markdown.
    language: kernelType === 'notebook' && job.language === 'rmarkdown' ? 'r' : job.language,
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
    machineShape,
  };
  const kernel = toPushed(await save(client, fields, job.mark, options), slug ?? '');
  options.onPushed?.(kernel);
  checkPushed(kernel, checked);
  if (machineShape && !signal.aborted) await warnAfter(client, machineShape, kernel, options);
  return kernel;
}
