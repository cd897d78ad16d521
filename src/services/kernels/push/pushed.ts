import type { Int64 } from '../../../core/codec/message.ts';
import type { ErrorText } from '../../../core/error-text.ts';
import { ApiError } from '../../../core/errors.ts';
import { methodPath } from '../../../core/rpc/method.ts';
import { saveKernel } from '../generated/methods.ts';
import type { ApiSaveKernelResponse } from '../generated/types.ts';
import { normaliseRef, pageOf } from '../run-ref.ts';
import type { PushRequest } from './request.ts';

/** A pushed version. `wait`, `status`, `logs`, `output` and `cancel` take it as it is. */
export interface PushedKernel {
  /** `owner/slug`. Kaggle derives the slug of a new kernel from its title. */
  ref: string;
  /** URL of the page of the kernel. */
  url: string;
  /** Number of the pushed version, from 1. */
  versionNumber: number;
  /** Numeric id of the kernel, which `PushRequest.id` takes. */
  kernelId: Int64;
  /** Tags that Kaggle does not know. Empty unless `allowInvalidSources` was given. */
  invalidTags: readonly string[];
  /** Sources that Kaggle left out, such as `dataset alice/points`. Empty unless `allowInvalidSources` was given. */
  invalidSources: readonly string[];
}

/**
 * Kaggle saved a version and runs it, but left out invalid sources or tags, or did not return the version number. `kernel` is
 * that version; pass it to `wait`, `cancel` or `remove`.
 */
export class PartialPushError extends ApiError {
  override readonly name: string = 'PartialPushError';
  /** The pushed version. Its `versionNumber` is 0, which means the latest, if Kaggle did not return it. */
  declare readonly kernel: PushedKernel;

  constructor(message: ErrorText, kernel: PushedKernel) {
    super(message, { status: 200, method: methodPath(saveKernel) });
    this.kernel = kernel;
  }
}

/** The response of SaveKernel, or what is known of a push whose response was lost. */
export type Saved = Pick<ApiSaveKernelResponse, 'ref' | 'url' | 'versionNumber' | 'kernelId'> &
  Partial<ApiSaveKernelResponse>;

/** The sources that the server left out, each with its kind. */
function invalidSources(answer: Saved): string[] {
  const kinds = {
    dataset: answer.invalidDatasetSources,
    competition: answer.invalidCompetitionSources,
    kernel: answer.invalidKernelSources,
    model: answer.invalidModelSources,
  };
  return Object.entries(kinds).flatMap(([kind, sources]) => (sources ?? []).map((source) => `${kind} ${source}`));
}

/** `owner/slug` of the response. The run exists by now, so an unreadable response must not hide it. */
function refOf({ ref }: Saved, slug: string): string {
  try {
    return normaliseRef(ref || slug);
  } catch {
    return slug;
  }
}

/** The version in a response of SaveKernel; `slug` is the requested one. */
export function toPushed(answer: Saved, slug: string): PushedKernel {
  const ref = refOf(answer, slug);
  return {
    ref,
    url: answer.url || pageOf({ ref }),
    versionNumber: Number(answer.versionNumber ?? 0) || 0,
    kernelId: answer.kernelId,
    invalidTags: answer.invalidTags ?? [],
    invalidSources: invalidSources(answer),
  };
}

/** Throws `PartialPushError` if Kaggle accepted only part of the push. */
export function checkPushed(kernel: PushedKernel, request: PushRequest): void {
  const { ref, versionNumber, invalidTags } = kernel;
  if (!versionNumber) {
    const message = `Kaggle saved ${ref}, but did not return the version number; check ${kernel.url}`;
    throw new PartialPushError(message, kernel);
  }
  if (request.allowInvalidSources) return;
  const tags = invalidTags.map((tag) => `tag ${tag}`);
  const what = [kernel.invalidSources.length > 0 && 'sources', tags.length > 0 && 'tags'].filter(Boolean);
  if (what.length === 0) return;
  const runs = request.kernelExecutionType === 'QUICK_SAVE' ? '' : ' and runs it';
  const left = [...kernel.invalidSources, ...tags].join(', ');
  throw new PartialPushError(
    (name) =>
      `Kaggle saved version ${versionNumber} of ${ref}${runs}, but left out invalid ${what.join(' and ')} (${left}); correct ` +
      `them and push again, or pass ${name('allowInvalidSources', 'true')}`,
    kernel,
  );
}
