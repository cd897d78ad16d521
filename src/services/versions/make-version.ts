import { KaggleError } from '../../core/errors.ts';
import { sha256Text } from '../../core/hash/digest.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { OpenedFile } from '../../core/transfer/inputs.ts';
import { pauseFor } from '../../core/transfer/pause.ts';
import { discardJournal, type Journal, openJournal } from '../../core/transfer/upload/journal.ts';
import { archiveFiles } from './archive-files.ts';
import { failureOf } from './failure.ts';
import { type Mark, notesWith } from './find-version.ts';
import { type Forget, type Job, type JobEffect, type JobEvent, type JobState, nextStep, startJob } from './job.ts';
import type { VersionOptions } from './options.ts';
import { newNonce, type Pending, readPending } from './pending.ts';
import { uploadAll } from './upload-all.ts';
import type { StoredFile, Verb, Versioned } from './versioned.ts';

/** A version that is there. */
export interface MadeVersion<Answer> {
  /** `undefined` where it is not known yet. */
  readonly number: number | undefined;
  /** Whether what it is a version of is new. */
  readonly created: boolean;
  /** By what it is found, where its number is not known. */
  readonly mark: Mark;
  /** Of the call that made it; `undefined` where nobody got it. */
  readonly answer: Answer | undefined;
}

type Settings = VersionOptions & { readonly signal: AbortSignal };

/** What is sent, and what is kept of it for a later process. */
interface Work {
  readonly files: readonly OpenedFile[];
  readonly content: string;
  readonly journal: Journal | undefined;
}

/**
 * Sends files and makes exactly one version of them. What must be waited for is waited for before the first byte is sent,
 * and the version is made only when every file has arrived. Where the platform keeps state, a job that was cut off
 * resumes: files that arrived are not sent again, and a call whose answer was lost is looked for before it is made again.
 */
export async function makeVersion<Answer>(
  client: KaggleClient,
  thing: Versioned<Answer>,
  verb: Verb,
  files: readonly OpenedFile[],
  settings: Settings,
): Promise<MadeVersion<Answer>> {
  const target = `${thing.kind}:${client.baseUrl}:${thing.name}`;
  const packed = await archiveFiles(files, settings.archive, thing.hasDetails);
  const sent = [...files, ...packed];
  const journal = settings.resume === false ? undefined : await openJournal(client, target);
  try {
    const content = journal ? await contentOf(thing.title, files) : '';
    const pending = await pendingOf(journal, content, sent);
    const job = { verb, notes: thing.notes, nonce: settings.resume === false ? undefined : newNonce(), pending };
    const made = await carryOut(client, thing, job, { files: packed, content, journal }, settings);
    if (journal) await journal.clear(sent);
    else if (settings.resume === false) await discardJournal(client, target, sent);
    return made;
  } finally {
    await journal?.close();
  }
}

/** What tells one job from another: the title and the fingerprints of the files. */
function contentOf(title: string, files: readonly OpenedFile[]): Promise<string> {
  const prints = files.map(({ name, source }) => [name, source.size, source.lastModified?.getTime(), source.key]);
  return sha256Text(JSON.stringify([title, prints]));
}

/** The call that an earlier process noted for the same job. */
async function pendingOf(
  journal: Journal | undefined,
  content: string,
  files: readonly OpenedFile[],
): Promise<Pending | undefined> {
  const pending = readPending(await journal?.note());
  if (!pending || pending.content === content) return pending;
  // Another job was cut off: whether its call has worked is not known, nor therefore whether its tokens are used.
  await journal?.clear(files);
  return undefined;
}

/** Does what `job.ts` says until the version is made. */
async function carryOut<Answer>(
  client: KaggleClient,
  thing: Versioned<Answer>,
  job: Job,
  { files, content, journal }: Work,
  settings: Settings,
): Promise<MadeVersion<Answer>> {
  const { signal } = settings;
  let stored: readonly StoredFile[] = [];
  let answer: Answer | undefined;

  async function forget(what: Forget): Promise<void> {
    if (what) await journal?.clearNote();
    if (what === 'tokens') await journal?.refused();
  }

  async function call({ call, mark }: JobEffect & { type: 'call' }): Promise<JobEvent> {
    const { before, nonce, notes } = mark;
    if (nonce !== undefined) await journal?.setNote({ nonce, call, before, content } satisfies Pending);
    try {
      answer = await (call === 'create' ? thing.create(stored, signal) : thing.addVersion(stored, notes, signal));
      return { type: 'answered' };
    } catch (error) {
      const failure = failureOf(error, thing.meaningOf(error));
      if (failure.means === 'made')
        client.log(`${thing.name} was created, although Kaggle returned an error: ${(error as Error).message}`);
      return { type: 'failed', failure };
    }
  }

  async function look(optional: boolean | undefined): Promise<JobEvent> {
    try {
      return { type: 'seen', found: await thing.lookUp(signal), isNew: thing.isNew() };
    } catch (error) {
      if (!optional || signal.aborted) throw error;
      return { type: 'unseen' };
    }
  }

  async function perform(action: JobEffect): Promise<JobEvent> {
    switch (action.type) {
      case 'look':
        return look(action.optional);
      case 'checkFirst':
        return { type: 'checked', inWork: await thing.isFirstInWork(action.found, signal) };
      case 'awaitFirst':
        return { type: 'waited', found: await thing.awaitFirst(signal) };
      case 'checkOwner':
        return { type: 'owner', isOurs: await thing.isOwner(signal) };
      case 'compareFirst':
        return { type: 'compared', differs: await thing.compareFirst(action.found, signal) };
      case 'upload':
        stored = await uploadAll(client, files, thing.blob, settings, journal);
        return { type: 'uploaded' };
      case 'call':
        return call(action);
    }
  }

  let { state, action } = startJob(job);
  while (action.type !== 'done') {
    signal.throwIfAborted();
    if ('forget' in action) await forget(action.forget);
    if (action.type === 'wrongVerb') throw thing.wrongVerb(action.why);
    if (action.type === 'unclear') throw unclearError(thing, state, action.differs);
    if (action.type === 'fail') throw thing.explain(action.error, action.call);
    if ('pause' in action && action.pause) await pauseFor(client, action.pause, signal);
    ({ state, action } = nextStep(state, await perform(action)));
  }
  const { number, created, mark } = action;
  if (number === undefined) client.log(`${thing.name}: created a version; Kaggle does not show its number yet`);
  return { number, created, mark, answer };
}

/** An earlier run ended in its call, and what is there does not tell whether that worked. */
function unclearError(
  { kind, name, page }: Versioned<unknown>,
  { call, found, mark }: JobState,
  differs: string | undefined,
): KaggleError {
  const [step, why] =
    call === 'create'
      ? [`creating the ${kind}`, `the ${kind} that exists now differs from this upload: ${differs}`]
      : [
          'creating a version',
          `the latest version is now ${found?.latest} (it was ${mark.before}), and no version notes contain the ` +
            `marker ${notesWith('', mark.nonce)}`,
        ];
  return new KaggleError(
    `cannot resume the upload to ${name}: an earlier run stopped while ${step}, and ${why}; check ${page}/versions, and ` +
      'if your upload is missing, try again with resume: false',
  );
}
