import { groups as conformance } from './conformance/cases/index.ts';
import type { Cases } from './conformance/context.ts';
import { groups as faults } from './faults/groups.ts';

/** What the runner can run on each runtime: cases by group and name. */
export const suites: Readonly<Record<'conformance' | 'faults', Readonly<Record<string, Cases>>>> = {
  conformance,
  faults,
};

export type SuiteName = keyof typeof suites;
