import { KernelFailedError } from '../../../core/errors.ts';
import { checkCall, checkOptions } from '../../../core/options/check.ts';
import { callback, signal as signalField } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import { type FollowOptions, follow } from '../follow.ts';
import { withAccess } from '../job/access.ts';
import { readJobId } from '../job/id.ts';
import type { Job } from '../job/job.ts';
import { type StartOptions, startFields, startJob } from '../job/start.ts';
import type { PushRequest } from '../push/request.ts';
import { type RunRef, resolveRun } from '../run-ref.ts';
import { waitFields } from '../wait.ts';
import { definitionField, type FunctionDefinition } from './definition.ts';
import { mapCalls, type ReadResult, type RemoteMapOptions, type RemoteSweep } from './map.ts';
import { readOutcome } from './outcome.ts';
import { openFunction, type PackedInput, packInput } from './request.ts';
import { validate } from './schema.ts';

/** Options of a call of a remote function. */
export interface RemoteCallOptions extends FollowOptions, Omit<StartOptions, 'onStatus'> {}

const callFields = (): Fields<RemoteCallOptions> => ({ ...startFields(), ...waitFields(), onLog: callback() });

/** Options of `RemoteFunction.result`. */
export interface RemoteResultOptions {
  /** Aborts the requests; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const resultFields = (): Fields<RemoteResultOptions> => ({ signal: signalField() });

/** A Python function that runs on Kaggle; see `gpu`. */
export interface RemoteFunction<In, Out> {
  /**
   * Runs the function on Kaggle, and waits for its result.
   *
   * @param input - The argument of the Python function: JSON, numbers such as `NaN`, and `Uint8Array`s, which arrive as `bytes`.
   * Without it (`undefined`), the function is called without an argument.
   * @returns What the function returns: JSON, with `bytes` as `Uint8Array`, and arrays of numpy or torch as lists of numbers.
   * @throws `ValidationError`, before anything is sent, if the input does not match its schema or cannot be sent; and after the
   * run, if the result does not match its schema.
   * @throws `RemoteFunctionError`, with the Python traceback, if the function raises an exception.
   * @throws `KernelFailedError` if the run fails otherwise: out of memory, out of time, canceled.
   * @throws Everything else that `run` throws, such as `CapacityError`, `QuotaError` and `TimeoutError`.
   * @throws The reason of `signal` if it is aborted. The run continues on Kaggle, except with `cancelOnAbort`.
   */
  (input: In, options?: RemoteCallOptions): Promise<Out>;
  /**
   * Starts a call, and returns without waiting for it. Any process that has the `id` of the job can get the result.
   *
   * @param input - As for a call.
   * @throws What a call throws before its run.
   */
  start(input: In, options?: StartOptions): Promise<Job>;
  /**
   * Gets the result of a call that has ended. It does not wait.
   *
   * @param run - The job of the call, its `id`, or the run; see `RunRef`.
   * @throws `KaggleError` if the run has not ended, or is no call of this function.
   * @throws What a call throws if the function or its run failed.
   */
  result(run: RunRef, options?: RemoteResultOptions): Promise<Out>;
  /**
   * Calls the function once for each input, as a sweep that outlives its process: see `map`. As many calls run at the same time as
   * the account has sessions. Called again with the same inputs, it continues, and no input runs twice.
   *
   * @param inputs - The inputs, each as for a call.
   * @returns An async iterable of results, with `all()`. It starts when it is iterated. A call that fails is a result with an
   * `error`.
   * @throws `ValidationError`, before anything is sent, if an input does not match its schema or cannot be sent.
   * @throws What `map` throws, for example `QuotaError`.
   */
  map(inputs: Iterable<In>, options?: RemoteMapOptions): RemoteSweep<In, Out>;
  /** Name of the Python function. */
  readonly name: string;
}

/**
 * Creates a function that runs a Python function on Kaggle, by default on a GPU. Each call pushes a version of one kernel, waits for
 * its end and returns the result. Creating it sends nothing.
 *
 * Input and result are JSON and bytes, of any size. They are typed by `gpu<In, Out>(...)`, or by the schemas `input` and `output`,
 * which also check them.
 *
 * @param definition - The Python function, and the settings of its kernel.
 * @returns An async function, with methods that start a call and get its result later.
 * @throws `ValidationError` at once if the definition is invalid.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { gpu } from 'kaggle-ts/kernels';
 *
 * const text = 'def lengths(texts):\n    return [len(text) for text in texts]\n';
 * const lengths = gpu<string[], number[]>(createClient(), { text, entry: 'lengths' });
 * console.log(await lengths(['one', 'three']));
 * ```
 */
export function gpu<In = unknown, Out = unknown>(
  client: KaggleClient,
  definition: FunctionDefinition<In, Out>,
): RemoteFunction<In, Out> {
  checkCall('kernels.gpu', client, { definition }, { definition: definitionField<In, Out> });
  const given = { ...definition } as FunctionDefinition<unknown, unknown>;
  const { entry } = given;

  /** Checks and encodes an input, which errors call `what`. */
  async function encode(input: unknown, what: string): Promise<PackedInput> {
    return packInput(entry, given.input ? await validate(given.input, input, entry, what) : input, what);
  }

  async function prepare(input: unknown, signal: AbortSignal): Promise<PushRequest> {
    const packed = await encode(input, 'input');
    return (await openFunction(client, given, signal))(packed);
  }

  const read: ReadResult = async (client, run, signal, failure) => {
    const value = await readOutcome(client, entry, await resolveRun(client, run, { signal }), signal, failure);
    return given.output ? validate(given.output, value, entry, 'result') : value;
  };

  async function call(input: unknown, options: RemoteCallOptions = {}): Promise<unknown> {
    checkOptions(entry, options, callFields);
    const signal = joinSignals(client.signal, options.signal);
    signal.throwIfAborted();
    const request = await prepare(input, signal);
    const { onStatus, cancelOnAbort: settle } = options;
    const { onProgress, concurrency, waitForSlot, onWarning, key } = options;
    let run: RunRef | undefined;
    const begin = async (onSaved: (saved: RunRef) => void) => {
      const job = await startJob(client, request, {
        ...{ signal: options.signal, onProgress, concurrency, waitForSlot, onWarning, key, settle },
        ...(onStatus && { onStatus: (status: string) => onStatus(status, { status, failureMessage: undefined }) }),
        onPushed(saved) {
          onSaved(saved);
          options.onPushed?.(saved);
        },
      });
      run = job;
      return job;
    };
    const failure = await follow(client, begin, options).then(
      () => undefined,
      (error: unknown) => {
        if (run && error instanceof KernelFailedError) return error;
        throw error;
      },
    );
    return read(client, run!, signal, failure);
  }

  async function startCall(input: unknown, options: StartOptions = {}): Promise<Job> {
    checkOptions(entry, options, startFields);
    const signal = joinSignals(client.signal, options.signal);
    signal.throwIfAborted();
    return startJob(client, await prepare(input, signal), options);
  }

  async function result(run: RunRef, options: RemoteResultOptions = {}): Promise<unknown> {
    checkOptions(entry, options, resultFields);
    const signal = joinSignals(client.signal, options.signal);
    const id = typeof run === 'string' ? run : (run as Partial<Job> | undefined)?.id;
    if (typeof id !== 'string' || !/^\s*kj\d+\./.test(id)) return read(client, run, signal);
    const facts = readJobId(id);
    return withAccess(client, facts, { signal }, () => read(client, facts, signal));
  }

  function map(inputs: Iterable<unknown>, options: RemoteMapOptions = {}): RemoteSweep<unknown, unknown> {
    const open = (signal: AbortSignal) => openFunction(client, given, signal);
    return mapCalls(client, { entry, encode, open, read }, inputs, options);
  }

  return Object.defineProperty(Object.assign(call, { start: startCall, result, map }), 'name', {
    value: entry,
  }) as RemoteFunction<In, Out>;
}
