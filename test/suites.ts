import { faultKinds } from '../src/testing/faults/kinds.ts';
import type { FaultRow } from '../src/testing/faults/row.ts';
import { groups as conformance } from './conformance/cases/index.ts';
import type { Case, Cases } from './conformance/context.ts';
import { type Round, takesHttp2 } from './conformance/transports.ts';
import { groups as faults } from './faults/groups.ts';
import type { RuntimeName } from './runtimes/names.ts';

interface Suite {
  /** Cases by group and name. */
  groups: Readonly<Record<string, Cases>>;
  /** Whether a case depends on what its requests go over. */
  isOfTransport(group: string, name: string): boolean;
}

/** The names of the faults that break or delay a connection. */
const ofConnections = Object.entries<FaultRow>(faultKinds)
  .filter(([, { group }]) => group === 'the connection')
  .map(([kind]) => kind)
  .join('|');

/** What the runner can run on each runtime. */
const suites: Readonly<Record<'conformance' | 'faults', Suite>> = {
  conformance: {
    groups: conformance,
    isOfTransport: (group, name) => /^(errors|redirects|upload|download|logs|faults)$/.test(group) || isOfHttp2(name),
  },
  faults: {
    groups: faults,
    isOfTransport: (_, name) => new RegExp(`\\b(?:${ofConnections})\\b`).test(name),
  },
};

export type SuiteName = keyof typeof suites;

const isOfHttp2 = (name: string) => name.startsWith('HTTP/2');

/**
 * Whether a runtime runs a case of a round. One that leaves HTTP/2 where it is offered speaks what it speaks over TLS anyway:
 * of a brief round it runs what proves that.
 */
export function isFor(runtime: RuntimeName, { over, brief }: Round, name: string): boolean {
  return over !== 'h2' || !brief || takesHttp2.includes(runtime) || isOfHttp2(name);
}

/** A case with its place in the suite. */
export interface Listed extends Case {
  group: string;
  name: string;
}

/** The cases of a round, in order. `filter` is a part of `group/name`. */
export function casesOf(suite: SuiteName, { over, brief }: Round, filter: string | undefined): Listed[] {
  const { groups, isOfTransport } = suites[suite];
  return Object.entries(groups)
    .flatMap(([group, cases]) =>
      Object.entries(cases).map(([name, entry]): Listed => {
        const found: Case = typeof entry === 'function' ? { run: entry } : entry;
        return { group, name, ...found };
      }),
    )
    .filter(({ group, name }) => !filter || `${group}/${name}`.includes(filter))
    .filter(({ group, name }) => !brief || isOfTransport(group, name))
    .filter(({ only }) => !only || only.includes(over));
}
