import type { Exchange } from './observe.ts';
import { field } from './question.ts';

/** The RPCs of some names, in order. */
export function calls(exchanges: readonly Exchange[], ...names: readonly string[]): Exchange[] {
  return exchanges.filter(({ method, url }) => {
    const [, name = ''] = /\/v1\/[\w.]+\/(\w+)$/.exec(new URL(url).pathname) ?? [];
    return method === 'POST' && names.includes(name);
  });
}

/** The JSON of an answer; `undefined` where there is none. */
export function jsonOf({ text }: Exchange): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** The statuses that were told of the kernel's run, with the time of each answer. */
export interface StatusSeen {
  /** `QUEUED`, `404`: the word, or the HTTP status of a refusal. */
  readonly status: string;
  /** Whether the word was left out of the answer: the zero value. */
  readonly absent: boolean;
  readonly answeredAt: number;
  readonly text: string;
}

/** What was told of the first version of the kernel, from its push to its end. */
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

/** When the call that makes the dataset, or the push, was answered. */
export function madeAt(exchanges: readonly Exchange[], name: string, section: string): number | undefined {
  return calls(exchanges, name).find((call) => call.status === 200 && call.section === section)?.answeredAt;
}

/** The requests to the log's address that were answered. */
export function logStreams(exchanges: readonly Exchange[]): Exchange[] {
  return exchanges.filter(({ method, url }) => method === 'GET' && url.includes('/kernels/logs/stream/'));
}
