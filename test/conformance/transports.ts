import type { RuntimeName } from '../runtimes/names.ts';

/** What the requests of a case go over: TLS, plain HTTP, or TLS with HTTP/2 on offer, which a runtime may take or leave. */
export type Transport = 'tls' | 'plain' | 'h2';

export const transports: readonly Transport[] = ['tls', 'plain', 'h2'];

export const transportLabels: Readonly<Record<Transport, string>> = {
  tls: 'TLS',
  plain: 'plain HTTP',
  h2: 'TLS with HTTP/2 on offer',
};

/** The runtimes that take HTTP/2 where it is offered; on Node 26 and Deno the platform keeps `fetch` from it. */
export const takesHttp2: readonly RuntimeName[] = ['chromium'];

/** One way through a suite. */
export interface Round {
  over: Transport;
  /** Only cases that depend on what they go over. */
  brief: boolean;
}

/** The main row is TLS. What depends on the transport goes over the others as well; all of it over those that were named. */
export function roundsOver(named?: readonly Transport[]): Round[] {
  return (named ?? transports).map((over) => ({ over, brief: named === undefined && over !== 'tls' }));
}
