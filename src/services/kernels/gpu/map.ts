import { KaggleError, KernelFailedError } from '../../../core/errors.ts';
import { sha256 } from '../../../core/hash/digest.ts';
import { checkCall } from '../../../core/options/check.ts';
import type { Fields } from '../../../core/options/shape.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { paced } from '../../../core/rpc/paced.ts';
import { isTransient } from '../../../core/rpc/retry.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import { map } from '../map/map.ts';
import { inputsField, mapFields } from '../map/options.ts';
import type { MapOptions, MapResult } from '../map/types.ts';
import type { PushRequest } from '../push/request.ts';
import type { RunRef } from '../run-ref.ts';
import type { PackedInput } from './request.ts';
import { toContent } from './wire.ts';

/** Options of `RemoteFunction.map`. */
export interface RemoteMapOptions extends Omit<MapOptions, 'output' | 'onProgress'> {}

function remoteMapFields(): Fields<RemoteMapOptions> {
  const { output, onProgress, ...fields } = mapFields();
  return fields;
}

/** What became of one input: the result of the function, or why there is none. */
export type RemoteResult<In, Out> = Pick<MapResult<In>, 'index' | 'input' | 'job' | 'status'> &
  (
    | { readonly ok: true; readonly value: Out }
    /** `error` is what a call would throw: for example a `RemoteFunctionError`. */
    | { readonly ok: false; readonly error: KaggleError }
  );

/** The calls of `RemoteFunction.map`. They run while it is iterated, and it yields each when it has ended. */
export interface RemoteSweep<In, Out> extends AsyncIterable<RemoteResult<In, Out>> {
  /** Key of the sweep; `undefined` before the iteration if it is the default. */
  readonly key: string | undefined;
  /** Resolves to the results of all inputs, in the order of the inputs. */
  all(): Promise<RemoteResult<In, Out>[]>;
}

/** Reads the result of a run that has ended; `failure` is the error of the run, if it is known. */
export type ReadResult = (
  client: KaggleClient,
  run: RunRef,
  signal: AbortSignal,
  failure?: KernelFailedError,
) => Promise<unknown>;

/** A remote function, as far as a sweep needs it. */
interface Callee {
  readonly entry: string;
  /** Checks and encodes an input. */
  encode(input: unknown, what: string): Promise<PackedInput>;
  /** Reads the files of the function, and returns what makes the kernel of a call. */
  open(signal: AbortSignal): Promise<(input: PackedInput) => PushRequest>;
  readonly read: ReadResult;
}

/** The error of a run that did not complete. */
function failureOf({ job, status, failureMessage }: MapResult<unknown>): KernelFailedError | undefined {
  if (status === 'COMPLETE' || status === 'ENDED') return undefined;
  const name = job ? `version ${job.versionNumber} of ${job.ref}` : 'the call';
  const said = failureMessage ? `: ${failureMessage}` : '';
  return new KernelFailedError(`${name} ended with ${status}${said}`, { status, failureMessage });
}

/** Calls the function once for each input, by `map`. */
export function mapCalls(
  client: KaggleClient,
  { entry, encode, open, read }: Callee,
  given: Iterable<unknown>,
  options: RemoteMapOptions,
): RemoteSweep<unknown, unknown> {
  let key = options.key;

  /** Reads the value of an input that has ended. Throws only what is not about this input. */
  async function finish(ended: MapResult<unknown>, input: unknown, signal: AbortSignal) {
    const { index, job, status } = ended;
    const failure = failureOf(ended);
    const common = { index, input, job, status };
    // A run that never started has no output.
    if (!job || status === 'NOT_STARTED') return { ...common, ok: false, error: failure! } as const;
    try {
      return { ...common, ok: true, value: await read(paced(client), job, signal, failure) } as const;
    } catch (error) {
      if (signal.aborted || isTransient(error) || !(error instanceof KaggleError)) throw error;
      return { ...common, ok: false, error } as const;
    }
  }

  async function* iterate(): AsyncGenerator<RemoteResult<unknown, unknown>> {
    const fields = { inputs: inputsField<unknown>, options: remoteMapFields };
    checkCall(`${entry}.map`, client, { inputs: given, options }, fields);
    const signal = joinSignals(client.signal, options.signal);
    signal.throwIfAborted();
    const inputs = [...given];
    const packed: PackedInput[] = [];
    for (const [index, input] of inputs.entries()) packed.push(await encode(input, `inputs[${index}]`));
    const request = await open(signal);
    // The sweep knows an input by its hash, so that bytes and numbers such as NaN count.
    const hashes = await Promise.all(
      packed.map(({ packed, blobs }) => sha256(toContent(packed, blobs) as Uint8Array<ArrayBuffer>)),
    );
    const sweep = map(client, hashes, (_, index) => request(packed[index]!), options);
    for await (const ended of sweep) {
      key = sweep.key;
      yield await finish(ended, inputs[ended.index], signal);
    }
    key = sweep.key;
  }

  return {
    get key() {
      return key;
    },
    async all() {
      const results: RemoteResult<unknown, unknown>[] = [];
      for await (const result of iterate()) results.push(result);
      return results.sort((a, b) => a.index - b.index);
    },
    [Symbol.asyncIterator]: iterate,
  };
}
