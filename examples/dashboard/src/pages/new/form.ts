import { effect } from '@preact/signals';
import { navigate, route, runAddress } from '../../app/route.ts';
import { retryTime } from '../../data/retry-time.ts';
import { remember } from '../../data/started.ts';
import { announce } from '../../ui/announce.tsx';
import { loadManager, removeRecord, uploadOf, uploads } from '../../upload/uploads.ts';
import type { Draft } from './draft.ts';
import { draftStore } from './store.ts';
import { createSubmission, type StartedRun, type Submission } from './submission.ts';

/** Loads the code that checks and starts runs. */
export async function loadStarter(): Promise<typeof import('./starter.ts')> {
  try {
    return await import('./starter.ts');
  } catch (cause) {
    throw new Error('a part of this page could not be loaded; check the network, then start again', { cause });
  }
}

/** Starts the uploads of a draft that have not started, and resolves to the datasets when all are ready. */
async function datasetsOf(draft: Draft, signal: AbortSignal): Promise<readonly string[]> {
  for (const id of draft.uploads) {
    const upload = uploadOf(id);
    if (upload?.state === 'chosen' || upload?.state === 'paused') {
      const { start } = await loadManager();
      if (!(await start(id)))
        throw new Error(`the upload "${upload.title || upload.slug}" cannot start; see the data below`);
    }
  }
  return new Promise((resolve, reject) => {
    let dispose = () => {};
    let ended = false;
    const end = (settle: () => void) => {
      ended = true;
      signal.removeEventListener('abort', abort);
      settle();
      dispose();
    };
    const abort = () => end(() => reject(signal.reason));
    signal.addEventListener('abort', abort);
    dispose = effect(() => {
      const own = uploads.value.filter(({ id }) => draft.uploads.includes(id));
      if (ended) return;
      const failed = own.find(({ state }) => state === 'failed' || state === 'paused');
      if (failed)
        end(() =>
          reject(new Error(`the upload "${failed.title || failed.slug}" stopped: continue it, then start again`)),
        );
      else if (own.every(({ state }) => state === 'ready')) {
        const version = (number: number | undefined) => (number === undefined ? '' : `/${number}`);
        end(() => resolve(own.map(({ owner, slug, versionNumber }) => `${owner}/${slug}${version(versionNumber)}`)));
      }
    });
    if (ended) dispose();
    if (signal.aborted) abort();
  });
}

function note(run: StartedRun, { title }: Draft): void {
  remember({ ...run, title, startedAt: new Date().toISOString() });
}

function onStarted(run: StartedRun, draft: Draft): void {
  note(run, draft);
  // Their datasets remain; the list shows what is still to be done.
  for (const id of draft.uploads) removeRecord(id);
  announce(`Started version ${run.versionNumber} of ${run.ref}`);
  // The user may have gone to another page meanwhile.
  if (route.peek().name === 'new') navigate(runAddress(run));
}

let made: Submission | undefined;

/** The draft of this tab. A start in progress continues while other pages are shown. */
export function submission(): Submission {
  made ??= createSubmission({
    store: draftStore(() => [sessionStorage, localStorage]),
    newKey: () => crypto.randomUUID(),
    check: async (draft) => (await loadStarter()).checkDraft(draft),
    datasets: datasetsOf,
    async start(pending, datasets, options) {
      const { startDraft } = await loadStarter();
      return startDraft(pending, datasets, { ...options, onPartial: (run) => note(run, pending.draft) });
    },
    outcomeOf: async (error) => (await loadStarter()).outcomeOf(error),
    retryTime,
    onStarted,
  });
  return made;
}
