import { checkCall } from '../../../core/options/check.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import { createChannel } from '../events/channel.ts';
import { inputsField, mapFields, requestField } from './options.ts';
import { runSweep } from './run-sweep.ts';
import type { MapOptions, MapResult, Sweep, SweepRequest } from './types.ts';

/**
 * Runs a kernel once for each input, as a sweep that outlives its process.
 *
 * The runs are versions of one kernel. As many run at the same time as the account has sessions. The state of the sweep is stored
 * before and after each push: called again with the same inputs and the same key, it resumes, and no input runs twice, whenever
 * an earlier process was killed. Inputs that have ended are not run again.
 *
 * @param inputs - The inputs. With a plain `request` they are JSON, and become its `params`.
 * @param request - The kernel, as for `push`, without `params`; or a function that returns the request for an input. All requests
 * have the same `slug`.
 * @returns An async iterable of results, with `all()`. It starts when it is iterated.
 * @throws `ValidationError` if a request is invalid, or if the inputs of this key were others, or if another version of kaggle-ts
 * wrote the state. Nothing is started then.
 * @throws `QuotaError`, with the time of the refill, if the quota is used up, once the runs under way have ended; see `onQuota`.
 * @throws `KaggleError` if Kaggle refuses three pushes in a row, if no push succeeds for half an hour, if the kernel was deleted,
 * or if another process runs the same sweep.
 * @throws The reason of `signal` if it is aborted. Runs continue on Kaggle, except with `cancelOnAbort`.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { map } from 'kaggle-ts/kernels';
 *
 * const inputs = [0.1, 0.01, 0.001].map((rate) => ({ rate }));
 * const request = { slug: 'alice/my-sweep', newTitle: 'My sweep', folder: './job', entry: 'train.py' };
 * for await (const { index, input, status } of map(createClient(), inputs, request, { output: './out' })) {
 *   console.log(index, input.rate, status); // output files are in ./out/0, ./out/1, ...
 * }
 * ```
 */
export function map<Input>(
  client: KaggleClient,
  inputs: Iterable<Input>,
  request: SweepRequest<Input>,
  options: MapOptions = {},
): Sweep<Input> {
  let key = options?.key;
  let taken: readonly Input[] | undefined;

  async function* iterate(): AsyncGenerator<MapResult<Input>> {
    checkCall(
      'kernels.map',
      client,
      { inputs, request, options },
      { inputs: inputsField, request: () => requestField(request), options: mapFields },
    );
    // They may be an iterator, and the sweep may be iterated again.
    taken ??= [...inputs];
    const left = new AbortController();
    const results = createChannel<MapResult<Input>>();
    const run = runSweep({
      ...{ client, inputs: taken, request, options },
      signal: joinSignals(client.signal, options.signal, left.signal),
      onKey(found) {
        key = found;
      },
      onResult: results.put,
    });
    const ended = run.finally(results.close);
    ended.catch(() => undefined);
    try {
      for (let result = await results.take(); result; result = await results.take()) yield result;
      await ended;
    } finally {
      // The caller may have left the loop: what runs continues, and the next call resumes the sweep.
      left.abort();
      results.close();
      await ended.catch(() => undefined);
    }
  }

  return {
    get key() {
      return key;
    },
    async all() {
      const results: MapResult<Input>[] = [];
      for await (const result of iterate()) results.push(result);
      return results.sort((a, b) => a.index - b.index);
    },
    [Symbol.asyncIterator]: iterate,
  };
}
