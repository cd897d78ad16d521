import { abortable } from '../../../core/abortable.ts';
import type { Init } from '../../../core/codec/message.ts';
import { ValidationError } from '../../../core/errors.ts';
import { sha256, sha256Text } from '../../../core/hash/digest.ts';
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
import { type CodeDataset, forgetCode, uploadCode } from './code-dataset.ts';
import { type JobSource, readJob } from './job-text.ts';
import type { PushMark } from './mark.ts';
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

export const pushOptionFields = (): Fields<PushOptions> => ({
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
  checkCall('kernels.push', client, { request, options }, { request: pushField, options: pushOptionFields });
  return pushKernel(client, request, options);
}

/** A checked request, and its code. */
export interface PreparedPush {
  readonly request: PushRequest;
  readonly source: JobSource;
  /** `owner/slug`; `undefined` for a request with an id. */
  readonly slug: string | undefined;
}

/** Checks a request, reads its code, and completes its slug. Pushes nothing. */
export async function preparePush(
  client: KaggleClient,
  given: PushRequest,
  options: Pick<PushOptions, 'signal'>,
): Promise<PreparedPush> {
  const signal = joinSignals(client.signal, options.signal);
  signal.throwIfAborted();
  refuse('kernels.push', requestIssues({ ...given }));
  const request = settleRequest(given);
  const source = await abortable(readJob(client, request, signal), signal);
  if (source.upload.length > 0 && request.slug === undefined) {
    const message = 'is missing; the folder is uploaded as a dataset, which needs the slug in place of the id';
    refuse('kernels.push', [{ path: 'slug', message }]);
  }
  if (source.empty) {
    const what = request.entry === undefined ? 'text' : shown(request.entry);
    throw new ValidationError(`kernels.push: ${what} is empty; there is nothing to run`);
  }
  await client.requireCredential('kernels.push', { signal });
  const bare = request.slug?.includes('/') === false;
  const slug = bare ? `${await ownName(client, { signal })}/${request.slug}` : request.slug;
  return { request, source, slug };
}

/** The fields of SaveKernel, except for the source. */
function saveFields({ request, source, slug }: PreparedPush): Init<ApiSaveKernelRequest> {
  const { kernelType } = request;
  return {
    id: request.id,
    slug,
    newTitle: request.newTitle,
    // As the official client does: the server has no notebooks in R Markdown.
    language: kernelType === 'notebook' && source.language === 'rmarkdown' ? 'r' : source.language,
    kernelType,
    isPrivate: request.isPrivate,
    enableGpu: request.enableGpu,
    enableTpu: request.enableTpu,
    enableInternet: request.enableInternet,
    datasetDataSources: request.datasetDataSources,
    competitionDataSources: request.competitionDataSources,
    kernelDataSources: request.kernelDataSources,
    modelDataSources: request.modelDataSources,
    categoryIds: request.categoryIds,
    dockerImage: request.dockerImage,
    dockerImagePinningType: request.dockerImagePinningType,
    sessionTimeoutSeconds: request.sessionTimeoutSeconds,
    priority: request.priority,
    kernelExecutionType: request.kernelExecutionType,
    machineShape: request.machineShape,
  };
}

/** In place of a mark, for a hash. */
const noMark: PushMark = { id: '', content: '', nonce: '' };

/** Hash of what a push contains: two pushes with the same hash do the same. */
export async function contentOf(prepared: PreparedPush): Promise<string> {
  const { source } = prepared;
  const files = await Promise.all(
    source.upload.map(async ({ name, bytes }) => [name, await sha256(bytes as Uint8Array<ArrayBuffer>)]),
  );
  return sha256Text(JSON.stringify([saveFields(prepared), source.text([], noMark), files]));
}

/** Like `pushKernel`, of a request that was checked. The source ends with `mark`, if there is one. */
export async function pushPrepared(
  client: KaggleClient,
  prepared: PreparedPush,
  options: PushOptions & SaveOptions & { mark?: PushMark },
): Promise<PushedKernel> {
  const { request, source, slug } = prepared;
  const signal = joinSignals(client.signal, options.signal);
  const { onProgress, concurrency, mark } = options;
  if (request.checkQuota !== false) await checkQuota(client, request, { signal });
  let fields = saveFields(prepared);
  let code: CodeDataset | undefined;
  if (source.upload.length > 0) {
    const [owner, name] = slug!.split('/') as [string, string];
    code = await uploadCode(client, owner, name, source.upload, { signal, onProgress, concurrency });
    fields = { ...fields, datasetDataSources: withSource(request, code.source) };
  }
  const text = source.text(code?.mounts, mark);
  warnBefore(client, request, text, options);
  const kernel = toPushed(await save(client, { ...fields, text }, mark ?? source.mark, options), slug ?? '');
  options.onPushed?.(kernel);
  if (code && kernel.invalidSources.includes(`dataset ${code.source}`)) forgetCode(client, code);
  checkPushed(kernel, request);
  const { machineShape } = request;
  if (machineShape && !signal.aborted) await warnAfter(client, machineShape, kernel, options);
  return kernel;
}

/**
 * Like `push`. With `settle`, an abort waits for the response of the call that saves, and resolves to what was saved.
 */
export async function pushKernel(
  client: KaggleClient,
  request: PushRequest,
  options: PushOptions & SaveOptions,
): Promise<PushedKernel> {
  return pushPrepared(client, await preparePush(client, request, options), options);
}
