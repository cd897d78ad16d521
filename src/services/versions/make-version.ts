import { KaggleError } from '../../core/errors.ts';
import { sha256Text } from '../../core/hash/digest.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { OpenedFile } from '../../core/transfer/inputs.ts';
import { pauseFor } from '../../core/transfer/pause.ts';
import { discardJournal, type Journal, openJournal } from '../../core/transfer/upload/journal.ts';
import { archiveFiles } from './archive-files.ts';
import { failureOf } from './failure.ts';
import { type Mark, notesWith } from './find-version.ts';
import { advanceJob, type Forget, type Job, type JobEffect, type JobEvent, type JobState, startJob } from './job.ts';
import type { VersionOptions } from './options.ts';
import { newNonce, type Pending, readPending } from './pending.ts';
import { uploadAll } from './upload-all.ts';
import type { StoredFile, Verb, Versioned } from './versioned.ts';

/** A version that was created. */
export interface MadeVersion<Answer> {
  /** `undefined` if it is not known yet. */
  readonly number: number | undefined;
  /** Whether the dataset (or the like) itself is new. */
  readonly created: boolean;
  /** How to find the version while its number is not known. */
  readonly mark: Mark;
  /** Response of the call that created it; `undefined` if it was lost. */
  readonly answer: Answer | undefined;
}

type Settings = VersionOptions & { readonly signal: AbortSignal };

/** The files, and what is recorded for a later process. */
interface Work {
  readonly files: readonly OpenedFile[];
  readonly content: string;
  readonly journal: Journal | undefined;
}

/**
 * Uploads files and creates exactly one version of them. It waits for the first version, if necessary, before it sends a byte,
 * and creates the version only when every file has arrived. With a state store, an interrupted job resumes: files that
 * arrived are not sent again, and a call whose response was lost is looked up before it is repeated.
 */
export async function makeVersion<Answer>(
  client: KaggleClient,
  subject: Versioned<Answer>,
  verb: Verb,
  files: readonly OpenedFile[],
  settings: Settings,
): Promise<MadeVersion<Answer>> {
  const target = `${subject.kind}:${client.baseUrl}:${subject.name}`;
  const packed = await archiveFiles(files, settings.archive, subject.hasDetails);
  const sent = [...files, ...packed];
  const journal = settings.resume === false ? undefined : await openJournal(client, target);
  try {
    const content = journal ? await contentOf(subject.title, files) : '';
    const pending = await pendingOf(journal, content, sent);
    const job = { verb, notes: subject.notes, nonce: settings.resume === false ? undefined : newNonce(), pending };
    const made = await runJob(client, subject, job, { files: packed, content, journal }, settings);
    if (journal) await journal.clear(sent);
    else if (settings.resume === false) await discardJournal(client, target, sent);
    return made;
  } finally {
    await journal?.close();
  }
}

/** Identifies a job: a hash of the title and the fingerprints of the files. */
function contentOf(title: string, files: readonly OpenedFile[]): Promise<string> {
  const prints = files.map(({ name, source }) => [name, source.size, source.lastModified?.getTime(), source.key]);
  return sha256Text(JSON.stringify([title, prints]));
}

/** The call that an earlier process recorded for the same job. */
async function pendingOf(
  journal: Journal | undefined,
  content: string,
  files: readonly OpenedFile[],
): Promise<Pending | undefined> {
  const pending = readPending(await journal?.note());
  if (!pending || pending.content === content) return pending;
  // Another job was interrupted: its call may have succeeded, so its tokens may be used.
  await journal?.clear(files);
  return undefined;
}

/** Performs the steps of `job.ts` until the version exists. */
async function runJob<Answer>(
  client: KaggleClient,
  subject: Versioned<Answer>,
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
      answer = await (call === 'create' ? subject.create(stored, signal) : subject.addVersion(stored, notes, signal));
      return { type: 'answered' };
    } catch (error) {
      const failure = failureOf(error, subject.classifyRefusal(error));
      if (failure.kind === 'succeeded')
        client.log(`${subject.name} was created, although Kaggle returned an error: ${(error as Error).message}`);
      return { type: 'failed', failure };
    }
  }

  async function lookUp(optional: boolean | undefined): Promise<JobEvent> {
    try {
      return { type: 'lookedUp', found: await subject.lookUp(signal), isNew: subject.isNew() };
    } catch (error) {
      if (!optional || signal.aborted) throw error;
      return { type: 'lookUpFailed' };
    }
  }

  async function perform(action: JobEffect): Promise<JobEvent> {
    switch (action.type) {
      case 'lookUp':
        return lookUp(action.optional);
      case 'checkFirst':
        return { type: 'checked', processing: await subject.isFirstProcessing(action.found, signal) };
      case 'awaitFirst':
        return { type: 'waited', found: await subject.awaitFirst(signal) };
      case 'checkOwner':
        return { type: 'owner', isOurs: await subject.isOwner(signal) };
      case 'compareFirst':
        return { type: 'compared', differs: await subject.compareFirst(action.found, signal) };
      case 'upload':
        stored = await uploadAll(client, files, subject.blob, settings, journal);
        return { type: 'uploaded' };
      case 'call':
        return call(action);
    }
  }

  let { state, action } = startJob(job);
  while (action.type !== 'done') {
    signal.throwIfAborted();
    if ('forget' in action) await forget(action.forget);
    if (action.type === 'wrongVerb') throw subject.wrongVerb(action.why);
    if (action.type === 'unclear') throw unclearError(subject, state, action.differs);
    if (action.type === 'fail') throw subject.explain(action.error, action.call);
    if ('pause' in action && action.pause) await pauseFor(client, action.pause, signal);
    ({ state, action } = advanceJob(state, await perform(action)));
  }
  const { number, created, mark } = action;
  if (number === undefined) client.log(`${subject.name}: created a version; Kaggle does not show its number yet`);
  return { number, created, mark, answer };
}

/** An earlier run stopped during its call, and what exists does not tell whether the call succeeded. */
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
    `cannot resume the upload to ${name}: an earlier process stopped while ${step}, and ${why}; check ${page}/versions, and ` +
      'if your upload is missing, try again with resume: false',
  );
}
