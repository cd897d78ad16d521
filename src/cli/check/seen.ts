import type { Exchange } from './observe.ts';
import { field } from './question.ts';

/** The calls of these methods, in order. */
export function calls(exchanges: readonly Exchange[], ...names: readonly string[]): Exchange[] {
  return exchanges.filter(({ method, url }) => {
    const [, name = ''] = /\/v1\/[\w.]+\/(\w+)$/.exec(new URL(url).pathname) ?? [];
    return method === 'POST' && names.includes(name);
  });
}

/** The JSON of a response; `undefined` if it is not JSON. */
export function jsonOf({ text }: Exchange): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** A status of the run, with the time of its response. */
export interface StatusSeen {
  /** `QUEUED`, `404`: the status, or the HTTP status of an error. */
  readonly status: string;
  /** Whether the response left out the status: the zero value. */
  readonly absent: boolean;
  readonly answeredAt: number;
  readonly text: string;
}

/** The statuses of the first version of the kernel, from its push to its end. */
export function kernelStatuses(exchanges: readonly Exchange[]): StatusSeen[] {
  const pushed = calls(exchanges, 'SaveKernel').find(({ status, section }) => status === 200 && section === 'push');
  return calls(exchanges, 'GetKernelSessionStatus')
    .filter(({ at, status, body, section }) => {
      const label = field(body, 'versionLabel');
      return (
        pushed && at >= pushed.at && status !== undefined && !section.startsWith('question label.') && label === 'v1'
      );
    })
    .map((exchange) => {
      const word = field(jsonOf(exchange), 'status');
      const { status = 0, answeredAt = 0, text = '' } = exchange;
      const absent = status === 200 && word === undefined;
      return { status: status === 200 ? String(word ?? 'QUEUED') : String(status), absent, answeredAt, text };
    });
}

/** When the call that creates the dataset, or the push, returned. */
export function madeAt(exchanges: readonly Exchange[], name: string, section: string): number | undefined {
  return calls(exchanges, name).find((call) => call.status === 200 && call.section === section)?.answeredAt;
}

/** The requests for the live log that have a response. */
export function logStreams(exchanges: readonly Exchange[]): Exchange[] {
  return exchanges.filter(({ method, url }) => method === 'GET' && url.includes('/kernels/logs/stream/'));
}
