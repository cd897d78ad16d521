import type { Int64 } from '../../../core/codec/message.ts';
import type { ErrorText } from '../../../core/error-text.ts';
import { ValidationError } from '../../../core/errors.ts';
import { type Field, flag, type Issue, integer, list, name, oneOf, shown, text } from '../../../core/options/field.ts';
import { type Fields, shape } from '../../../core/options/shape.ts';
import { slugify } from '../../../core/slug/slugify.ts';
import { normaliseRef } from '../run-ref.ts';
import { type JobCode, jobCodeFields, type Language } from './job-text.ts';
import { kindOfName, kindOfText, kindProblem, looksLikePath, type ScriptKind } from './script-kind.ts';
import type { MachineShape } from './shapes.ts';
import { checkSources, type KernelSources, sourceFields } from './sources.ts';

/** A kernel to push: the fields of `ApiSaveKernelRequest` under their own names, and the code. */
export interface PushRequest extends JobCode, KernelSources {
  /**
   * Kernel to push to: `owner/slug`, or the bare slug of your own kernel. The slug has 5 to 50 characters: `a-z`, `0-9` and
   * `-`. Kaggle creates the kernel if it does not exist.
   */
  slug?: string | undefined;
  /** Numeric id of an existing kernel, in place of the slug. */
  id?: Int64 | undefined;
  /**
   * Title of 5 to 50 characters. Required for a new kernel, whose slug Kaggle derives from it: it must resolve to `slug`. For
   * an existing kernel, another title renames it.
   */
  newTitle?: string | undefined;
  /** @default the language of the notebook, or of the extension of the entry, else `python` */
  language?: Language | undefined;
  /**
   * Kaggle cannot change the type of an existing kernel.
   * @default `notebook` if the text is a notebook or the entry is an `.ipynb` file, else `script`
   */
  kernelType?: 'script' | 'notebook' | undefined;
  /**
   * Whether the kernel is visible only to its owner and collaborators.
   * @default true
   */
  isPrivate?: boolean | undefined;
  /**
   * Whether to run on a GPU.
   * @default false
   * @deprecated Deprecated by Kaggle in 2026: use `machineShape`, for example `NvidiaTeslaT4`.
   */
  enableGpu?: boolean | undefined;
  /**
   * Whether to run on a TPU.
   * @default false
   * @deprecated Deprecated by Kaggle in 2026: use `machineShape`, for example `TpuV5E8`.
   */
  enableTpu?: boolean | undefined;
  /**
   * Whether the run can access the internet. Requires an account with a verified phone number.
   * @default true
   */
  enableInternet?: boolean | undefined;
  /**
   * Machine to run on, by Kaggle's name:
   *
   * - `NvidiaTeslaT4`: two T4 GPUs
   * - `TpuV5E8`: TPU v5e-8
   * - `NvidiaL4`: L4 GPU
   * - `NvidiaRtxPro6000`: RTX PRO 6000 GPU
   * - `NvidiaTeslaA100`: A100 GPU
   * - `NvidiaTeslaH100`: H100 GPU
   * - `TpuV6E8`: TPU v6e-8
   *
   * Everybody can use the first two; the others are available to some accounts or competitions only. Other names are passed
   * to Kaggle, which ignores unknown ones and replaces retired ones (`NvidiaTeslaP100`, `TpuV38`, `Tpu1VmV38`, `TpuV232`,
   * `TpuV2256`); `onWarning` reports both.
   * @default a CPU
   */
  machineShape?: MachineShape | (string & {}) | undefined;
  /** Tags of the kernel. */
  categoryIds?: readonly string[] | undefined;
  /**
   * Docker image to run in, such as `gcr.io/kaggle-images/python@sha256:...`.
   * @default the current image of Kaggle
   */
  dockerImage?: string | undefined;
  /**
   * Sent to Kaggle unchanged. According to kagglesdk 0.1.38, it selects the Docker image for later versions; the effect of the
   * two values was not observed.
   */
  dockerImagePinningType?: 'original' | 'latest' | undefined;
  /**
   * Maximum run time in seconds, below Kaggle's own limit of 12 hours (CPU, GPU) or 9 hours (TPU). Runs have been observed to
   * exceed it.
   */
  sessionTimeoutSeconds?: Int64 | undefined;
  /** Sent to Kaggle unchanged; its effect was not observed. */
  priority?: Int64 | undefined;
  /**
   * `QUICK_SAVE` saves a version without running it; `run` does not accept it.
   * @default Kaggle saves the version and runs it
   */
  kernelExecutionType?: 'SAVE_AND_RUN_ALL' | 'QUICK_SAVE' | 'INTER_ACTIVE' | undefined;
  /**
   * Pushes even if the title resolves to another slug. Kaggle saves a new kernel under the slug of its title.
   * @default false
   */
  allowSlugMismatch?: boolean | undefined;
  /**
   * Accepts a version from which Kaggle left out invalid sources or tags; the result lists them. `false` throws
   * `PartialPushError`.
   * @default false
   */
  allowInvalidSources?: boolean | undefined;
  /**
   * Checks the GPU or TPU quota before a push that uses it.
   * @default true
   */
  checkQuota?: boolean | undefined;
}

export const pushFields = (): Fields<PushRequest> => ({
  ...jobCodeFields(),
  ...sourceFields(),
  slug: text(),
  id: integer(),
  newTitle: text(),
  isPrivate: flag(),
  enableGpu: flag(),
  enableTpu: flag(),
  enableInternet: flag(),
  machineShape: name('the name of a machine, such as "NvidiaTeslaT4"'),
  categoryIds: list('strings', name()),
  dockerImage: name(),
  dockerImagePinningType: oneOf('original', 'latest'),
  sessionTimeoutSeconds: Object.assign(integer(), { seconds: true as const }),
  priority: integer(),
  kernelExecutionType: oneOf('SAVE_AND_RUN_ALL', 'QUICK_SAVE', 'INTER_ACTIVE'),
  allowSlugMismatch: flag(),
  allowInvalidSources: flag(),
  checkQuota: flag(),
});

type Complain = (path: string, message: ErrorText) => void;

const isTitle = (value: unknown): value is string => typeof value === 'string';

/** The slug without the parts of a URL around it. */
function plainSlug(slug: unknown, complain: Complain): string | undefined {
  if (typeof slug !== 'string') return undefined;
  try {
    return normaliseRef(slug);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    complain('slug', error.message);
    return undefined;
  }
}

function checkName(request: Readonly<Record<string, unknown>>, complain: Complain): void {
  const { id, newTitle, allowSlugMismatch } = request;
  if (request.slug === undefined && id === undefined) complain('slug', 'is missing; pass slug ("owner/slug") or id');
  if (isTitle(newTitle) && (newTitle.length < 5 || newTitle.length > 50)) {
    complain('newTitle', `expected 5 to 50 characters, got ${newTitle.length}: ${shown(newTitle)}`);
  }
  const slug = plainSlug(request.slug, complain);
  if (slug === undefined) return;
  const [name = '', owner, ...more] = slug.split('/').reverse();
  if (more.length > 0 || (owner !== undefined && !/^[\w-]+$/.test(owner)) || !/^[a-z\d]+(?:-+[a-z\d]+)*$/i.test(name)) {
    complain('slug', `expected "owner/slug" (letters, digits and "-"), got ${shown(slug)}`);
    return;
  }
  if (name.length < 5 || name.length > 50)
    complain('slug', `expected 5 to 50 characters, got ${name.length}: ${shown(name)}`);
  if (!isTitle(newTitle) || allowSlugMismatch) return;
  const expected = slugify(newTitle);
  if (expected !== name.toLowerCase()) {
    complain(
      'newTitle',
      (option) =>
        `expected a title that resolves to the slug "${name}", got ${shown(newTitle)}, which resolves to "${expected}"; Kaggle ` +
        `may save the kernel under that slug; change one of them, or pass ${option('allowSlugMismatch', 'true')}`,
    );
  }
}

function checkKind({ entry, language, kernelType, text }: Readonly<Record<string, unknown>>, complain: Complain): void {
  const problem = typeof entry === 'string' && kindProblem(entry, language as string | undefined);
  if (problem) complain('entry', problem);
  if (typeof text !== 'string') return;
  if (looksLikePath(text)) {
    complain(
      'text',
      `expected the code itself, got ${JSON.stringify(text)}, which looks like a path; read the file, or pass folder and entry`,
    );
  }
  const wanted = kernelType ?? kindOfName(String(entry ?? ''))?.kernelType;
  if (wanted === 'script' && kindOfText(text)?.kernelType === 'notebook') {
    complain(
      'text',
      'expected a script, got a notebook; omit kernelType, and give the entry (if any) the extension .ipynb',
    );
  }
}

/** The problems of a request other than the types of its fields. */
export function requestIssues(request: Readonly<Record<string, unknown>>): Issue[] {
  const issues: Issue[] = [];
  const complain: Complain = (path, message) => void issues.push({ path, message });
  checkName(request, complain);
  checkKind(request, complain);
  return [...issues, ...checkSources(request as KernelSources).issues];
}

export const pushField = (): Field<PushRequest> =>
  Object.assign(shape<PushRequest>(pushFields()), { also: requestIssues });

/** Language and type of a request: as given, else by the name of its entry, else by its text. */
export function kindOf({
  entry,
  text,
  language,
  kernelType,
}: PushRequest): ScriptKind & { kernelType: 'script' | 'notebook' } {
  const guess = kindOfName(entry ?? '') ?? kindOfText(text ?? '');
  return { language: language ?? guess?.language, kernelType: kernelType ?? guess?.kernelType ?? 'script' };
}

/** Fills in defaults and normalizes what has several forms. */
export function settleRequest(given: PushRequest): PushRequest {
  return {
    ...given,
    ...kindOf(given),
    ...checkSources(given).sources,
    slug: given.slug === undefined ? undefined : normaliseRef(given.slug),
    isPrivate: given.isPrivate ?? true,
    enableGpu: given.enableGpu ?? false,
    enableTpu: given.enableTpu ?? false,
    enableInternet: given.enableInternet ?? true,
  };
}

/** The request with a prologue, which prints the session ID: without it the run cannot be canceled. */
export function cancellable(request: PushRequest): PushRequest {
  const { language = 'python', kernelType } = kindOf(request);
  const isScript = language === 'python' && kernelType === 'script';
  return isScript && request.params === undefined ? { ...request, params: {} } : request;
}
