import { ApiError } from '../../../core/errors.ts';
import { redact } from '../../../core/redact.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { PartialPushError } from '../push/pushed.ts';
import { isAmbiguous } from '../push/recover.ts';
import { exclusively } from './exclusive.ts';
import { type JobFacts, readJobId, writeJobId } from './id.ts';
import {
  compareContent,
  factsOf,
  findLate,
  hasRun,
  lookUp,
  type Once,
  type OnceOptions,
  pushNow,
  type VersionsBefore,
} from './once.ts';
import { recordsOf, type StartRecord } from './record.ts';

/** Number of versions to search for a key that the state store does not know, and without a state store. */
const mostVersions = { store: 5, none: 20 };

/** Another process has changed the record of the key meanwhile. */
class RecordChanged extends Error {}

/**
 * Pushes at most once for a key, across processes that share a state store. A record in the store says that a push is about to be
 * sent; a process that finds it searches the versions since then for the mark of the push before it pushes. Without a record the
 * newest versions are searched.
 */
export async function startOnce(
  client: KaggleClient,
  once: Once,
  options: OnceOptions & { signal: AbortSignal },
): Promise<JobFacts> {
  const { slug, key, mark } = once;
  const { signal } = options;
  const name = `start:${client.baseUrl}:${slug.toLowerCase()}:${mark.id}`;
  const records = recordsOf(client, name, key);

  const startedIn = (record: StartRecord | undefined): JobFacts | undefined => {
    if (record?.type !== 'started') return undefined;
    const facts = readJobId(record.id);
    compareContent(client, once, record.content, facts, options);
    return facts;
  };
  /** Records a run. It exists, so a failure does not count: the record before it leads to the run, too. */
  async function keep(facts: JobFacts, content: string): Promise<JobFacts> {
    const record = { type: 'started', id: writeJobId(facts), content } as const;
    await records.write(record).catch((error: Error) => client.log(redact(error.message)));
    return facts;
  }

  async function pushOnce(before: VersionsBefore, record: StartRecord | undefined): Promise<JobFacts> {
    const earlier = record?.type === 'pending' ? record.nonces : [];
    let at: number | undefined;
    let own = record;
    const beforeSave = async (nonce = '') => {
      // The lock of a process that was suspended may be lost, and a store may have no locks.
      const current = await records.read();
      if (current && JSON.stringify(current) !== JSON.stringify(own)) throw new RecordChanged();
      at = client.clock.now();
      own = { type: 'pending', before, at, ...(earlier && { nonces: [...new Set([...earlier, nonce])] }) };
      await records.write(own);
    };
    try {
      // The attempt of the record is repeated, so that the record stays true if this process stops, too.
      const facts = await pushNow(client, once, before, { ...options, beforeSave }, earlier?.at(-1));
      return await keep(facts, mark.content);
    } catch (error) {
      if (error instanceof PartialPushError) {
        const { kernel } = error;
        // The run exists: the next call returns it.
        if (kernel.versionNumber) await keep({ ...kernel, pushedAt: at ?? 0, key }, mark.content);
      } else if (at !== undefined && error instanceof ApiError && !isAmbiguous(error)) {
        await records.write({ type: 'refused' }).catch(() => undefined);
      }
      throw error;
    }
  }

  async function findOrStart(): Promise<JobFacts> {
    const record = await records.read();
    const other = startedIn(record);
    if (other) return other;
    const pending = record?.type === 'pending' ? record : undefined;
    const most = record ? 0 : mostVersions[client.platform.state ? 'store' : 'none'];
    const { found, before } = pending
      ? { found: await findLate(client, once, pending, signal), before: pending.before }
      : await lookUp(client, once, most, signal);
    if (!found) return pushOnce(before, record);
    const { ref, versionNumber } = found;
    const runs = await hasRun(client, found, pending?.at, signal);
    if (!runs) return pushOnce({ ...before, [ref]: versionNumber }, record);
    compareContent(client, once, found.mark.content, found, options);
    const facts = factsOf(client, once, found, pending?.at);
    if (runs === true) return keep(facts, found.mark.content);
    // A later call decides, when a run should exist.
    const others = { ...before, [ref]: versionNumber - 1 };
    if (!pending) await records.write({ type: 'pending', before: others, at: facts.pushedAt });
    return facts;
  }

  const started = startedIn(await records.read());
  if (started) return started;
  return exclusively(client, { name, key }, signal, async () => {
    for (;;) {
      try {
        return await findOrStart();
      } catch (error) {
        if (!(error instanceof RecordChanged)) throw error;
      }
    }
  });
}
