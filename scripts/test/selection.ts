import { roundsOver, type Transport, transports } from '../../test/conformance/transports.ts';
import { type RuntimeName, runtimeNames } from '../../test/runtimes/names.ts';
import type { Selection } from './conformance.ts';

/** Splits a list like `deno,bun`; `undefined` unless all items are known. */
function list<Name extends string>(text: string | undefined, known: readonly Name[]): Name[] | undefined {
  const names = text?.split(',') as Name[] | undefined;
  return names?.every((name) => known.includes(name)) ? names : undefined;
}

/** Reads `[--over tls,plain,h2] [runtime,runtime] [part of group/name]`. */
export function parseSelection(args: readonly string[]): Selection {
  const left = [...args];
  let over: Transport[] | undefined;
  const option = left.indexOf('--over');
  if (option >= 0) {
    over = list(left[option + 1], transports);
    if (!over)
      throw new Error(`--over: expected a list of ${transports.join(', ')}, got ${left[option + 1] ?? 'nothing'}`);
    left.splice(option, 2);
  }
  const named: RuntimeName[] | undefined = list(left[0], runtimeNames);
  if (named) left.shift();
  return { runtimes: named ?? runtimeNames, rounds: roundsOver(over), filter: left[0] };
}
