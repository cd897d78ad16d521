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

/** What `push` takes: fields of `ApiSaveKernelRequest` under their own names, and where the code comes from. */
export interface PushRequest extends JobCode, KernelSources {
  /** `owner/slug`; without an owner it is a kernel of the caller's. The slug has 5 to 50 characters: a-z, 0-9, `-`. */
  slug?: string | undefined;
  /** The number of an existing kernel, instead of the slug. */
  id?: Int64 | undefined;
  /** 5 to 50 characters; has to resolve to the slug. Needed for a new kernel. */
  newTitle?: string | undefined;
  /** @default by the notebook, or by the extension of the entry; else `python` */
  language?: Language | undefined;
  /** Default `script`, or `notebook` for an entry `*.ipynb`. */
  kernelType?: 'script' | 'notebook' | undefined;
  /** Default `true`. */
  isPrivate?: boolean | undefined;
  /**
   * @default false
   * @deprecated Kaggle's, since 2026: pass `machineShape`, for example `NvidiaTeslaT4`.
   */
  enableGpu?: boolean | undefined;
  /**
   * @default false
   * @deprecated Kaggle's, since 2026: pass `machineShape`, for example `TpuV5E8`.
   */
  enableTpu?: boolean | undefined;
  /** Needs an account with a verified phone number. @default true */
  enableInternet?: boolean | undefined;
  /**
   * The machine: `NvidiaTeslaT4` (two T4), `TpuV5E8`, and some that are open to few accounts. Any other text is passed on;
   * Kaggle ignores what it does not know and replaces what it has retired, which `onWarning` says.
   * @default a CPU
   */
  machineShape?: MachineShape | (string & {}) | undefined;
  /** Tags. */
  categoryIds?: readonly string[] | undefined;
  /** The image to run in, such as `gcr.io/kaggle-images/python@sha256:...`. @default Kaggle's current one */
  dockerImage?: string | undefined;
  /** Without `dockerImage`: `original` is the image of the first version of the kernel, `latest` the newest at each run. */
  dockerImagePinningType?: 'original' | 'latest' | undefined;
  /** Seconds after which Kaggle stops the session. */
  sessionTimeoutSeconds?: Int64 | undefined;
  /** Passed on as it is; what Kaggle makes of it is not documented. */
  priority?: Int64 | undefined;
  /** `QUICK_SAVE` saves a version without running it (not with `run`). @default Kaggle saves and runs it */
  kernelExecutionType?: 'SAVE_AND_RUN_ALL' | 'QUICK_SAVE' | 'INTER_ACTIVE' | undefined;
  /** Push although the title resolves to another slug: Kaggle may then save under that one. Default `false`. */
  allowSlugMismatch?: boolean | undefined;
  /** Accept a version from which Kaggle left out invalid sources or tags; they are in the result. Default `false`. */
  allowInvalidSources?: boolean | undefined;
  /** `false`: do not ask for the GPU or TPU quota before a push that needs one. */
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

/** The slug as it is sent, without what is around it in an address. */
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

/** What a request runs as: as it says, else by the name of its entry, else by its text. */
export function kindOf({
  entry,
  text,
  language,
  kernelType,
}: PushRequest): ScriptKind & { kernelType: 'script' | 'notebook' } {
  const guess = kindOfName(entry ?? '') ?? kindOfText(text ?? '');
  return { language: language ?? guess?.language, kernelType: kernelType ?? guess?.kernelType ?? 'script' };
}

/** Settles what was left out, and cleans what has several forms. */
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
