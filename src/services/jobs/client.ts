import type { StateStore } from '../../core/platform.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { StepBudget } from './budget.ts';

/** The concurrency by which a part has at most `bytes`, and 2 to 8 MiB: uploads hold parts in proportion to it. */
const concurrencyFor = (bytes: number) => Math.max(1, Math.min(4, Math.floor(bytes / 2 ** 21)));

/** Whether a request sends bytes of a file. */
const sendsBytes = ({ method, headers }: Request) =>
  method === 'PUT' && !headers.get('content-range')?.startsWith('bytes */');

/**
 * The client of a step: counts requests, ends the step before an upload that exceeds its budget, sends large files in parts, and
 * records uploads in `state`.
 */
export function clientOfStep(client: KaggleClient, budget: StepBudget, state: StateStore, bytes: number): KaggleClient {
  const { platform } = client;
  const counted =
    (send: (...given: never[]) => Promise<unknown>) =>
    (...given: unknown[]) => {
      if (given[1] === 'StartBlobUpload') budget.check();
      budget.request();
      return send(...(given as never[]));
    };
  return {
    ...client,
    call: counted(client.call) as KaggleClient['call'],
    callRaw: counted(client.callRaw) as KaggleClient['callRaw'],
    whoAmI: counted(client.whoAmI) as KaggleClient['whoAmI'],
    async fetch(request) {
      // The bytes were counted when they were read.
      if (sendsBytes(request)) budget.checkRequests();
      budget.request();
      return client.fetch(request);
    },
    transport: {},
    platform: { ...platform, state, sizedStreams: false, concurrency: concurrencyFor(bytes) },
  };
}
