import type { ClientOptions } from 'kaggle-ts';
import type { Fault, FaultKind } from 'kaggle-ts/testing';
import { everythingOf } from '../conformance/assert.ts';
import { type Case, CaseError, type Context, type Facts } from '../conformance/context.ts';
import type { RuntimeName } from '../runtimes/names.ts';
import type { Operation, Problem } from './operation.ts';

/** A way to fail, and what has to come of it. */
export interface FaultCase {
  kind: FaultKind;
  rules: readonly Fault[];
  /** The errors that are right, by name, and what their message must match; without it, only success is right. */
  refused?: { names: readonly string[]; message: RegExp };
  /** Whether success is right; default when `refused` is not given. */
  survives?: boolean;
  /** How many requests must have met a fault; default 1. */
  meets?: number;
  /** Seconds; default 5. */
  stallTimeout?: number;
  client?: ClientOptions;
  /** Options of the emulator. */
  emulator?: Record<string, unknown>;
  /** Operations that it means something for; default all that it is combined with. */
  only?: readonly string[];
  na?: Partial<Record<RuntimeName, string>> | undefined;
}

/** Where fetch itself sends a request again when a connection that was kept breaks: the fault after that is not met. */
const repeating: readonly RuntimeName[] = ['deno', 'bun', 'chromium'];

/** Long enough for a port that is shut for a moment; far from the seconds that the pauses would take. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 15));

const secrets = ['KGAT_test', 'X-Goog-Signature=', 'upload_id='];

/** What an error gives away, or is not: each a problem. */
function badError(error: unknown, { refused }: FaultCase): Problem[] {
  const { name, message } = error as Error;
  const problems: Problem[] = [];
  if (!refused) problems.push({ what: `it should have survived, and failed with ${name}: ${message}`, lost: 0 });
  else if (!refused.names.includes(name) || !refused.message.test(message))
    problems.push({ what: `the wrong error, ${name}: ${message}`, lost: 0 });
  const all = everythingOf(error);
  for (const secret of secrets) {
    const at = all.indexOf(secret);
    // What redaction leaves in its place is no secret.
    if (at >= 0 && !/^(\[redacted\]|\*+|\.\.\.|…)/i.test(all.slice(at + secret.length)))
      problems.push({ what: `the error gives away ${all.slice(at, at + 40)}`, lost: 0 });
  }
  return problems;
}

/** A fault of the download of several files is for one of them, so that two of them meet in the same file. */
function aim(match: Fault['match'], { target }: Operation): Fault['match'] {
  return target && match?.path === '/download/' ? { ...match, path: `/${target}` } : match;
}

async function attempt(context: Context, operation: Operation, fault: FaultCase): Promise<Facts> {
  const { control, createClient } = context;
  await control.options({ lag: 0, processing: 0, ...fault.emulator });
  const prepared = await operation.prepare(context);
  for (const rule of fault.rules) await control.fault({ ...rule, match: aim(rule.match, operation) });
  const made = createClient(fault.client);
  const client = { ...made, clock: { ...made.clock, sleep: pause } };
  const options = { stallTimeout: fault.stallTimeout ?? 5 };
  const ended = await prepared.run({ client, options }).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  const held = await control.holdings();
  const { met } = held;
  let problems: Problem[];
  if ('error' in ended) problems = [...badError(ended.error, fault), ...(await prepared.tidy(held))];
  else {
    problems = await prepared.arrived(ended.result, held);
    if (fault.refused && !fault.survives) problems.push({ what: 'it should have been refused', lost: 0 });
  }
  const wanted = repeating.includes(context.runtime) ? 1 : (fault.meets ?? 1);
  if (met < wanted) problems.push({ what: `${met} requests met the fault, not ${wanted}`, lost: 0 });
  const lost = problems.reduce((sum, problem) => sum + problem.lost, 0);
  const facts = { outcome: 'error' in ended ? 'refused' : 'survived', met, lost };
  if (problems.length === 0) return facts;
  const cause = 'error' in ended ? ended.error : undefined;
  throw new CaseError(problems.map(({ what }) => what).join('; '), facts, cause);
}

/** One cell of the matrix. */
export function cell(operation: Operation, fault: FaultCase): Case {
  return { run: (context) => attempt(context, operation, fault), na: fault.na };
}
