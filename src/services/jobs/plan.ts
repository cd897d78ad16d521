import { ValidationError } from '../../core/errors.ts';
import { type Issue, isRecord, shown } from '../../core/options/field.ts';
import { checkLengths, checkNames } from '../../core/transfer/names.ts';
import { matcher } from '../../core/transfer/pattern.ts';

/** Members of `kernel` that refer to files of this machine. */
const local = ['folder', 'entry'];

/** What a value is, if JSON cannot express it. */
function notJson(value: unknown): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `the number ${value}`;
  if (typeof value !== 'object') return value === undefined ? 'undefined' : `a ${typeof value}`;
  if (Array.isArray(value)) return undefined;
  const prototype = Object.getPrototypeOf(value);
  const isPlain = isRecord(value) && (prototype === null || Object.getPrototypeOf(prototype) === null);
  return isPlain && typeof value.toJSON !== 'function' ? undefined : `a ${value.constructor?.name ?? 'object'}`;
}

/** Adds an issue for each value that JSON cannot express. A member that is `undefined` counts as absent. */
function findOthers(value: unknown, path: string, above: readonly unknown[], issues: Issue[]): void {
  const what = above.includes(value) ? 'an object that contains itself' : notJson(value);
  if (what !== undefined) {
    issues.push({ path, message: `expected JSON, got ${what}; a plan is stored as JSON between the steps` });
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined && !Array.isArray(value)) continue;
    const at = Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
    findOthers(member, at, [...above, value], issues);
  }
}

function outputIssues(output: unknown): Issue[] {
  if (output === undefined || typeof output === 'boolean') return [];
  try {
    matcher(output as string);
    return [];
  } catch {
    return [{ path: 'output', message: `expected true, false or a glob such as "*.csv", got ${shown(output)}` }];
  }
}

function datasetIssues(dataset: unknown): Issue[] {
  if (dataset === undefined) return [];
  if (!isRecord(dataset)) return [{ path: 'dataset', message: `expected an object, got ${shown(dataset)}` }];
  const { files } = dataset;
  if (!Array.isArray(files) || files.length === 0 || !files.every((name) => typeof name === 'string')) {
    return [{ path: 'dataset.files', message: 'expected a non-empty array of file names; jobIo.source opens each' }];
  }
  try {
    checkNames(files);
    checkLengths(files);
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.issues.map(({ path, message }) => ({ path: `dataset.files${path}`, message }));
  }
}

const members = ['dataset', 'kernel', 'output'];

/**
 * The problems of a plan, as far as they can be found without a client. The verbs check their parts in the first step, before anything
 * is sent.
 */
export function issuesOfPlan(plan: unknown): Issue[] {
  if (!isRecord(plan)) return [{ path: 'plan', message: `expected an object, got ${shown(plan)}` }];
  const issues: Issue[] = [];
  findOthers(plan, '', [], issues);
  if (issues.length > 0) return issues;
  const { dataset, kernel, output } = plan;
  for (const name of Object.keys(plan).filter((name) => !members.includes(name))) {
    issues.push({ path: name, message: `no such member; a plan has ${members.join(', ')}` });
  }
  issues.push(...outputIssues(output), ...datasetIssues(dataset));
  if (!isRecord(kernel)) return [...issues, { path: 'kernel', message: 'expected the kernel to run' }];
  for (const name of local.filter((name) => kernel[name] !== undefined)) {
    issues.push({ path: `kernel.${name}`, message: 'not supported in a plan; pass the code as text' });
  }
  if (typeof kernel.text !== 'string') issues.push({ path: 'kernel.text', message: 'expected the code as a string' });
  return issues;
}
