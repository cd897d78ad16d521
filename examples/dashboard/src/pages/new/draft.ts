import { noParams, type Params } from './params.ts';

/** Language of the code. R Markdown is a script. */
export type CodeLanguage = 'python' | 'r' | 'rmarkdown';

/** A file that is sent with the code. */
export interface ExtraFile {
  name: string;
  text: string;
}

/** What the form contains, as it was typed. */
export interface Draft {
  title: string;
  /** `owner/slug` of the kernel that gets a new version. Empty: the kernel that the title names. */
  target: string;
  kind: 'script' | 'notebook';
  language: CodeLanguage;
  /** A notebook is text with a line `# %%` before each cell. */
  code: string;
  /** Name of the file with the code, if others are sent with it. */
  entry: string;
  /** Other files of an earlier run. */
  files: readonly ExtraFile[];
  params: Params;
  /** Kaggle's name of the machine; empty for none. */
  machine: string;
  internet: boolean;
  isPrivate: boolean;
  /** Hours; empty for Kaggle's own limit. */
  timeLimit: string;
  sources: Sources;
  /** Ids of the uploads whose dataset the run gets. */
  uploads: readonly string[];
}

/** Data sources by kind, as the request names them. */
export interface Sources {
  datasetDataSources: readonly string[];
  competitionDataSources: readonly string[];
  kernelDataSources: readonly string[];
  modelDataSources: readonly string[];
}

export type SourceKind = keyof Sources;

export const noSources: Sources = {
  datasetDataSources: [],
  competitionDataSources: [],
  kernelDataSources: [],
  modelDataSources: [],
};

export const emptyDraft: Draft = {
  title: '',
  target: '',
  kind: 'script',
  language: 'python',
  code: '',
  entry: '',
  files: [],
  params: noParams,
  machine: '',
  internet: true,
  isPrivate: true,
  timeLimit: '',
  sources: noSources,
  uploads: [],
};

/** A start whose result is not known yet. It is continued with the same key, so that at most one run starts. */
export interface PendingStart {
  key: string;
  draft: Draft;
  /** Seconds to wait for a free session. */
  waitForSlot?: number;
}

/** What is stored between two loads of the page. */
export interface StoredDraft {
  draft: Draft;
  /** The draft that an earlier run replaced. */
  before?: Draft;
  pending?: PendingStart;
}

/** Whether nothing was typed. */
export function isEmpty(draft: Draft): boolean {
  return JSON.stringify(draft) === JSON.stringify(emptyDraft);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

/** The items of a list that have both texts. */
function pairsOf<A extends string, B extends string>(list: unknown, a: A, b: B): Record<A | B, string>[] {
  const items: Record<A | B, unknown>[] = Array.isArray(list) ? list : [];
  return items.filter((item) => isText(item?.[a]) && isText(item[b])) as Record<A | B, string>[];
}

/** A draft from a value that was stored, perhaps by an older version of the page: what does not fit gets its default. */
export function readDraft(value: unknown): Draft {
  const given = (value ?? {}) as Record<keyof Draft, unknown>;
  const sources = (given.sources ?? {}) as Record<SourceKind, unknown>;
  const params = (given.params ?? {}) as Record<keyof Params, unknown>;
  const draft: Record<string, unknown> = { ...emptyDraft };
  for (const [name, fallback] of Object.entries(emptyDraft)) {
    const stored = given[name as keyof Draft];
    if (typeof stored === typeof fallback && typeof fallback !== 'object') draft[name] = stored;
  }
  const kinds = Object.keys(noSources) as SourceKind[];
  return {
    ...(draft as unknown as Draft),
    kind: given.kind === 'notebook' ? 'notebook' : 'script',
    language: given.language === 'r' || given.language === 'rmarkdown' ? given.language : 'python',
    files: pairsOf(given.files, 'name', 'text'),
    params: {
      mode: params.mode === 'json' ? 'json' : 'rows',
      json: isText(params.json) ? params.json : '',
      rows: pairsOf(params.rows, 'name', 'value'),
    },
    sources: Object.fromEntries(
      kinds.map((kind) => [kind, isTexts(sources[kind]) ? sources[kind] : []]),
    ) as unknown as Sources,
    uploads: isTexts(given.uploads) ? given.uploads : [],
  };
}

/** Parses what `JSON.stringify` made of a `StoredDraft`. */
export function readStored(text: string | null): StoredDraft | undefined {
  if (text === null) return undefined;
  try {
    const { draft, before, pending } = JSON.parse(text) as Partial<StoredDraft>;
    const waits = isText(pending?.key) && pending.key !== '';
    const replaced = before && { before: readDraft(before) };
    return {
      draft: readDraft(draft),
      ...replaced,
      ...(waits && { pending: { ...pending, draft: readDraft(pending.draft) } }),
    };
  } catch {
    return undefined;
  }
}
