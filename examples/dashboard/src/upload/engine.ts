import { isKaggleError } from 'kaggle-ts/browser';
import { createOrVersion, waitUntilReady } from 'kaggle-ts/datasets';
import { causeOf } from '../data/causes.ts';
import { throughOutages } from '../data/through-outages.ts';
import { transferClient as client } from '../data/transfer-client.ts';
import { createMeter, type UploadProgress } from './meter.ts';
import type { UploadRecord } from './record.ts';

/** A file to send, under its name in the dataset. */
export interface SendFile {
  name: string;
  data: File;
}

/** What an upload does at the moment. */
export type Activity =
  | { type: 'sending'; progress: UploadProgress }
  /** The connection is gone; it continues by itself. */
  | { type: 'waiting'; error: string; attempt: number }
  /** Kaggle processes the version. */
  | { type: 'processing'; status: string };

/** What the engine tells the page. */
export interface EngineEvents {
  onActivity(activity: Activity): void;
  onWarning(text: string): void;
  /** The version exists: from now on, nothing is to be sent again. */
  onCreated(versionNumber: number | undefined): void;
}

/** How an upload ended. `file`: a file has to be chosen again. */
export type EngineResult =
  | { type: 'ready'; versionNumber: number | undefined }
  | { type: 'file' | 'failed'; error: string };

/** Milliseconds between two updates of the page. */
const updateEvery = 250;

const textOf = (error: unknown): string => {
  const text = String((error as Error)?.message ?? error);
  return isKaggleError(error) ? text.replace(/^[\w.]+\/\w+: /, '') : text;
};

/**
 * Sends the files of an upload, creates the version, and waits until Kaggle has processed it. Waits for the network as long as it takes;
 * kaggle-ts then continues where the storage has the files. Rejects with the reason of `signal` if it is aborted.
 */
export async function runUpload(
  record: UploadRecord,
  files: readonly SendFile[],
  events: EngineEvents,
  signal: AbortSignal,
): Promise<EngineResult> {
  const { owner, slug, title, isPrivate } = record;
  let { versionNumber } = record;
  let created = record.created ?? false;
  const meter = createMeter(Object.fromEntries(files.map(({ name, data }) => [name, data.size])), () =>
    performance.now(),
  );
  const show = () => events.onActivity({ type: 'sending', progress: meter.read() });
  const onStatus = (status: string) => events.onActivity({ type: 'processing', status });

  async function send(attempt: AbortSignal): Promise<void> {
    meter.restart();
    show();
    const timer = setInterval(show, updateEvery);
    const version = await createOrVersion(
      client,
      { owner, slug, ...(title && { title, isPrivate }), files: [...files] },
      {
        signal: attempt,
        onStatus,
        onWarning: events.onWarning,
        onProgress: meter.add,
      },
    ).finally(() => clearInterval(timer));
    created = true;
    versionNumber = version.versionNumber;
    events.onCreated(versionNumber);
    onStatus('NOT_YET_PERSISTED');
    versionNumber = (await version.ready({ signal: attempt, onStatus, timeout: 0 })).versionNumber;
  }

  async function wait(attempt: AbortSignal): Promise<void> {
    onStatus('NOT_YET_PERSISTED');
    const dataset = { owner, slug, ...(versionNumber !== undefined && { version: versionNumber }) };
    // Archives are listed under the names of their files.
    const names = record.files.map(({ name }) => name.slice(name.lastIndexOf('/') + 1));
    const listed = names.filter((name) => !/\.(?:zip|tar|tgz|gz)$/i.test(name));
    const ready = await waitUntilReady(client, dataset, { signal: attempt, onStatus, timeout: 0, files: listed });
    versionNumber = ready.versionNumber;
  }

  try {
    await throughOutages((attempt) => (created ? wait(attempt) : send(attempt)), {
      signal,
      onWaiting: (error, attempt) => events.onActivity({ type: 'waiting', error: textOf(error), attempt }),
    });
    return { type: 'ready', versionNumber };
  } catch (error) {
    signal.throwIfAborted();
    return { type: causeOf(error) === 'file' ? 'file' : 'failed', error: textOf(error) };
  }
}
