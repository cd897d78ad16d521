/** What the page asks Kaggle for. It is loaded when it is needed. */
import { ValidationError } from 'kaggle-ts/browser';
import { get, type JobEvent, listOutput, openRemote, watch } from 'kaggle-ts/kernels';
import { client } from '../../data/client.ts';
import { type Metrics, type Param, readMetrics } from './metrics.ts';
import type { ComparedRun } from './selection.ts';
import { paramsOfSource } from './source-params.ts';

/** Requests for the status of runs per minute, for all of them together. */
const requestsPerMinute = 60;
/** Files that are read without being asked for, best first. */
const usualNames = ['metrics.json', 'metrics.jsonl', 'results.json', 'history.json', 'log.jsonl'];
const mostFiles = 2000;
/** Bytes of a file of metrics; a larger one is data. */
const mostBytes = 8 * 1024 * 1024;

const isJson = (name: string) => /\.(?:json|jsonl|ndjson)$/i.test(name);

/** The files of a run that may be metrics, usual ones first. */
export async function listMetricFiles({ key }: ComparedRun, signal: AbortSignal): Promise<string[]> {
  const files = await listOutput(client, key, { limit: mostFiles, signal }).all();
  const names = files.map(({ fileName }) => fileName).filter(isJson);
  const rank = (name: string) => {
    const place = usualNames.indexOf(name.split('/').at(-1)!.toLowerCase());
    return place < 0 ? usualNames.length : place;
  };
  return names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true }));
}

/** The metrics in a file, or why it has none that can be used; `undefined` if the run has no such file. */
export async function readFile(
  { key }: ComparedRun,
  name: string,
  signal: AbortSignal,
): Promise<Metrics | string | undefined> {
  let text: string;
  try {
    const file = await openRemote(client, key, name, { signal });
    try {
      if (file.size > mostBytes) return `"${name}" is larger than 8 MB`;
      text = new TextDecoder().decode(await file.readRange(0, file.size));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof ValidationError) return undefined;
    throw error;
  }
  try {
    return readMetrics(name, text);
  } catch (error) {
    const { message } = error as Error;
    return error instanceof SyntaxError ? `"${name}" is not JSON: ${message}` : message;
  }
}

/** Parameters in the source of a run. */
export async function readParams({ key }: ComparedRun, signal: AbortSignal): Promise<Record<string, Param>> {
  const { blob } = await get(client, key, { signal });
  return paramsOfSource(blob?.source ?? '') ?? {};
}

/** The number of the newest version of a kernel. */
export async function newestVersion(ref: string, signal: AbortSignal): Promise<number> {
  const { metadata } = await get(client, ref, { signal });
  return Number(metadata?.currentVersionNumber ?? 1);
}

/** The statuses of runs until they have ended. */
export function watchRuns(
  keys: readonly string[],
  signal: AbortSignal,
  onWarning: (message: string) => void,
): AsyncGenerator<JobEvent<string>> {
  return watch(client, keys, { requestsPerMinute, signal, onWarning });
}
