import { sha256Text } from '../../core/hash/digest.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { OpenedFile } from '../../core/transfer/inputs.ts';
import { discardJournal, type Journal, openJournal } from '../../core/transfer/upload/journal.ts';
import { archiveFiles } from './archive-files.ts';
import { type Made, makeCall, type Settings } from './call-version.ts';
import { newNonce, type Pending, readPending } from './pending.ts';
import { recover } from './recover.ts';
import { lookFor } from './settle.ts';
import { uploadAll } from './upload-all.ts';
import type { Snapshot, Verb, VersionCall, Versioned } from './versioned.ts';

/**
 * Sends files and makes exactly one version of them. What must be waited for is waited for before the first byte is sent,
 * and the version is made only when every file has arrived. Where the platform keeps state, a job that was cut off goes
 * on: files that arrived are not sent again, and a call whose answer nobody got is looked after before it is made again.
 */
export async function makeVersion<Answer>(
  client: KaggleClient,
  thing: Versioned<Answer>,
  verb: Verb,
  opened: readonly OpenedFile[],
  settings: Settings,
): Promise<Made<Answer>> {
  const target = `${thing.kind}:${client.baseUrl}:${thing.name}`;
  let journal: Journal | undefined;
  try {
    journal = settings.resume === false ? undefined : await openJournal(client, target);
    const sent = await archiveFiles(opened, settings.archive, thing.hasDetails);
    const made = await make(client, thing, verb, { opened, sent }, settings, journal);
    const all = [...opened, ...sent];
    if (journal) await journal.clear(all);
    else if (settings.resume === false) await discardJournal(client, target, all);
    return made;
  } finally {
    await journal?.close();
  }
}

/** What is there, once a version of it can be made: no byte is sent before that. */
async function lookUntilFree(thing: Versioned<unknown>, verb: Verb, settings: Settings): Promise<Snapshot | undefined> {
  const { signal } = settings;
  const found = await thing.lookUp(signal);
  if (verb === 'create') return found;
  const inWork = found ? await thing.isFirstInWork(found, signal) : thing.isNew();
  if (inWork) return thing.awaitFirst(signal);
  if (found || verb !== 'createVersion' || !(await thing.isOwner(signal))) return found;
  // One's own, which should be there: it may have been made by another process, a moment ago.
  return (await lookFor(thing, (now) => now ?? 'waiting', settings))?.made;
}

/** What a verb makes of what is there. */
function decide(thing: Versioned<unknown>, verb: Verb, exists: boolean): VersionCall {
  if (verb === 'create' && exists) throw thing.wrongVerb('exists');
  if (verb === 'createVersion' && !exists) throw thing.wrongVerb('missing');
  return exists ? 'version' : 'create';
}

async function make<Answer>(
  client: KaggleClient,
  thing: Versioned<Answer>,
  verb: Verb,
  { opened, sent }: Record<'opened' | 'sent', readonly OpenedFile[]>,
  settings: Settings,
  journal: Journal | undefined,
): Promise<Made<Answer>> {
  const prints = opened.map(({ name, source }) => [name, source.size, source.lastModified?.getTime(), source.key]);
  const content = journal ? await sha256Text(JSON.stringify([thing.title, prints])) : '';
  const left = readPending(await journal?.note());
  let again: Pending | undefined;
  if (left?.content === content) {
    const number = await recover(thing, left, settings);
    if (number !== undefined) return { number, created: left.call === 'create' };
    again = left;
  } else if (left) {
    // Another job was cut off: whether its call worked is not known, and so neither whether its tokens are used.
    journal?.distrust();
    await journal?.clearNote();
  }
  const found = await lookUntilFree(thing, verb, settings);
  const call = decide(thing, verb, found !== undefined || (verb === 'create' && thing.isNew()));
  const files = await uploadAll(client, sent, thing.blob, settings, journal);
  const nonce = settings.resume === false ? undefined : again?.call === call ? again.nonce : newNonce();
  const pending = { call, before: found?.latest ?? 0, content, nonce };
  return makeCall(client, { verb, thing, files, journal }, pending, settings);
}
