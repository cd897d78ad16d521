import { type PushRequest, slugify } from 'kaggle-ts/kernels';
import { notebookOf, readNotebook } from './cells.ts';
import { type Draft, emptyDraft, noSources, type SourceKind } from './draft.ts';
import { secondsOf, slugOf } from './names.ts';
import { paramsOf, parseParams } from './params.ts';

function codeOf({ kind, language, code, entry, files }: Draft): Pick<PushRequest, 'text' | 'files' | 'entry'> {
  const text = kind === 'notebook' ? notebookOf(code, language) : code;
  if (files.length === 0) return { text };
  const others = Object.fromEntries(files.map(({ name, text }) => [name, text]));
  return { files: { [entry]: text, ...others }, entry };
}

/** The request that starts the draft. `datasets` are those of finished uploads. */
export function requestOf(draft: Draft, datasets: readonly string[] = []): PushRequest {
  const { title, target, kind, language, machine, sources } = draft;
  const params = parseParams(draft.params).value;
  const limit = secondsOf(draft.timeLimit);
  const mounted = { ...sources, datasetDataSources: [...new Set([...sources.datasetDataSources, ...datasets])] };
  const used = Object.entries(mounted).filter(([, list]) => list.length > 0);
  return {
    slug: slugOf(draft),
    // A kernel that exists keeps its title if that does not name it.
    ...((!target || slugify(title) === target.split('/').at(-1)) && { newTitle: title }),
    ...codeOf(draft),
    kernelType: kind,
    language,
    isPrivate: draft.isPrivate,
    enableInternet: draft.internet,
    ...(params !== undefined && { params }),
    ...(machine && { machineShape: machine }),
    ...(limit !== undefined && { sessionTimeoutSeconds: limit }),
    ...Object.fromEntries(used),
  };
}

/**
 * The draft of an earlier run: what `fromKernel` returns for it. `title` is that of the kernel. `lost` are the names of files that the
 * form cannot send, because they are not text.
 */
export function draftOf(request: PushRequest, title: string): { draft: Draft; lost: readonly string[] } {
  const { entry = '', files = {} } = request;
  const main = request.text ?? files[entry] ?? '';
  const source = typeof main === 'string' ? main : new TextDecoder().decode(main);
  const others = Object.entries(files).filter(([name]) => name !== entry);
  const lost = others.filter(([, content]) => typeof content !== 'string').map(([name]) => name);
  const notebook = request.kernelType === 'notebook' ? readNotebook(source) : undefined;
  const sources = Object.keys(noSources).map((kind) => [kind, request[kind as SourceKind] ?? []]);
  const draft: Draft = {
    ...emptyDraft,
    title: request.newTitle ?? title,
    target: request.slug ?? '',
    kind: request.kernelType ?? 'script',
    language: notebook?.language ?? request.language ?? 'python',
    code: notebook?.text ?? source,
    entry: others.length > 0 ? entry : '',
    files: others.flatMap(([name, text]) => (typeof text === 'string' ? [{ name, text }] : [])),
    params: paramsOf(request.params),
    machine: request.machineShape ?? '',
    internet: request.enableInternet ?? true,
    isPrivate: request.isPrivate ?? true,
    sources: Object.fromEntries(sources),
  };
  return { draft, lost };
}
