import { growingBytes } from '../../../core/bytes/growing-bytes.ts';
import { KaggleError, type KernelFailedError } from '../../../core/errors.ts';
import { isRecord } from '../../../core/options/field.ts';
import type { FolderSink } from '../../../core/platform.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { parseStoredLog, tail } from '../log/entry.ts';
import { callInLog, withoutMarker } from '../log/marker.ts';
import { tailLines } from '../log/stored.ts';
import { output } from '../output/output.ts';
import { outputPages } from '../output/pages.ts';
import { describeRun, pageOf, type ResolvedRun } from '../run-ref.ts';
import { wait } from '../wait.ts';
import { type PythonException, RemoteFunctionError } from './error.ts';
import { resultName } from './python.ts';
import { fromContent, type Packed } from './wire.ts';

/** What a call reports at its end: the result of the function, or its exception. */
interface Outcome extends Packed {
  readonly entry: string;
  /** The number in the log that the call has made up. */
  readonly nonce?: string;
  readonly error?: PythonException;
}

/** Seconds before each look at a run that has ended, but lists nothing yet. */
const pauses = [1, 3, 6];

/** A result cannot be read: `problem` says what is wrong with it. */
function damaged(run: ResolvedRun, problem: string, cause?: unknown): KaggleError {
  const message = `cannot read the result of ${describeRun(run)}: ${problem}; check ${pageOf(run)}`;
  return new KaggleError(message, { cause });
}

function parse(run: ResolvedRun, content: Uint8Array): Outcome {
  let outcome: Outcome;
  try {
    outcome = fromContent<Outcome>(content);
  } catch (cause) {
    throw damaged(run, `it is damaged (${(cause as Error).message})`, cause);
  }
  const { error, entry } = outcome;
  const isError =
    isRecord(error) && [error.type, error.message, error.traceback].every((text) => typeof text === 'string');
  if (typeof entry === 'string' && (isError || (error === undefined && Object.hasOwn(outcome, 'value'))))
    return outcome;
  throw damaged(run, 'it has an unknown form, perhaps that of a newer version of kaggle-ts');
}

/** The result in a log: the length of the content in bytes, a space, and base64. `undefined` if other output has garbled it. */
function fromLog(result = ''): Uint8Array | undefined {
  const [, length, base64 = ''] = /^(\d+) ([\w+/]+=*)$/.exec(result) ?? [];
  try {
    const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return content.length === Number(length) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Downloads the file with the result; `undefined` if there is none. */
async function fromFile(client: KaggleClient, run: ResolvedRun, signal: AbortSignal): Promise<Uint8Array | undefined> {
  let content: Uint8Array | undefined;
  const folder: FolderSink = {
    async sink(name) {
      const bytes = growingBytes();
      return {
        write: async (data, position) => bytes.write(data, position),
        async commit() {
          if (name === resultName) content = bytes.copy();
        },
        abort: async () => {},
      };
    },
  };
  await output(client, run, folder, { pattern: /^kaggle-ts-result\.bin$/, signal, onWarning: () => {} });
  return content;
}

/**
 * Reads the result, and the end of the log. A file that does not have the nonce of the log was not written by this call: the function
 * may have got it from elsewhere.
 */
async function readResult(client: KaggleClient, run: ResolvedRun, signal: AbortSignal) {
  const fetchPage = outputPages(client, run, { signal });
  let page = await fetchPage('');
  for (const seconds of pauses) {
    if (page.items.length > 0 || page.log) break;
    await client.clock.sleep(seconds * 1000, signal);
    page = await fetchPage('');
  }
  const log = parseStoredLog(page.log);
  const { nonce, result } = callInLog(log);
  const logged = fromLog(result);
  const content = logged ?? (await fromFile(client, run, signal));
  const outcome = content && parse(run, content);
  const isOwn = logged || nonce === undefined || outcome?.nonce === nonce;
  return { outcome: isOwn ? outcome : undefined, logTail: tail(withoutMarker(log), tailLines) || undefined };
}

/**
 * Returns the result of a call that has ended. A small result is in the log, which one request gets with the list of files; a larger
 * one is in a file. `failure` is the error of the run, if it is known.
 */
export async function readOutcome(
  client: KaggleClient,
  entry: string,
  run: ResolvedRun,
  signal: AbortSignal,
  failure?: KernelFailedError,
): Promise<unknown> {
  const { outcome, logTail } = await readResult(client, run, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw failure ?? error;
  });
  if (!outcome) {
    if (failure) throw failure;
    // Throws the reason of a failed run.
    await wait(client, run, { signal });
    throw new KaggleError(
      `${describeRun(run)} has no result: the process ended before ${entry} returned, or this is not a call of ${entry}; ` +
        `check ${pageOf(run)}`,
    );
  }
  if (outcome.entry !== entry) {
    throw new KaggleError(`${describeRun(run)} is a call of ${outcome.entry}, not of ${entry}; pass a run of ${entry}`);
  }
  if (!outcome.error) return outcome.value;
  const { type, message } = outcome.error;
  const said = message === '' ? type : `${type}: ${message}`;
  throw new RemoteFunctionError(`${describeRun(run)} failed: ${entry} raised ${said}`, outcome.error, {
    status: failure?.status ?? 'ERROR',
    failureMessage: failure?.failureMessage,
    logTail: failure?.logTail ?? logTail,
    cause: failure,
  });
}
