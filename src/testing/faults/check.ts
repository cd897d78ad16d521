import { ValidationError, type ValidationIssue } from '../../core/errors.ts';
import { nearName } from '../../core/near-name.ts';
import { checkOptions, refuse } from '../../core/options/check.ts';
import {
  any,
  field,
  isRecord,
  limit,
  name,
  needed,
  oneOf,
  record,
  shown,
  text,
  whole,
} from '../../core/options/field.ts';
import { type Fields, shape } from '../../core/options/shape.ts';
import type { Fault, FaultMatch } from './book.ts';
import { type FaultKind, faultKinds } from './kinds.ts';
import type { FaultOptions, FaultRow } from './row.ts';

const isTagged = (value: unknown, tag: string) => Object.prototype.toString.call(value) === `[object ${tag}]`;
const isText = (value: unknown): value is string => typeof value === 'string';

const matchFields = (): Fields<FaultMatch> => ({
  method: name('the name of a method, such as SaveKernel'),
  verb: name('an HTTP method, such as PUT'),
  path: field('a string or a RegExp', (value) => isText(value) || isTagged(value, 'RegExp')),
  puts: oneOf('data', 'query'),
});

const optionFields = (): Fields<FaultOptions> => ({
  status: field(
    'an HTTP status from 200 to 599',
    (value) => Number.isInteger(value) && (value as number) >= 200 && (value as number) < 600,
  ),
  body: any<unknown>(),
  headers: record('strings', text()),
  location: text(),
  bytes: field('a whole number', Number.isSafeInteger),
  seconds: field('a number of seconds of at least 0', (value) => typeof value === 'number' && value >= 0),
  on: oneOf('request', 'response'),
  when: oneOf('before', 'during', 'after'),
  content: field('a string or a Uint8Array', (value) => isText(value) || isTagged(value, 'Uint8Array')),
});

const faultFields = (): Fields<Fault> => ({
  kind: needed(oneOf(...(Object.keys(faultKinds) as FaultKind[]))),
  match: shape<FaultMatch>(matchFields()),
  times: limit(),
  after: whole(0),
  ...optionFields(),
});

/** The options of a fault that its kind does not take. */
function foreignOptions(fault: Fault, { takes }: FaultRow): ValidationIssue[] {
  const message = `not an option of this kind; expected ${takes.length > 0 ? `one of ${takes.join(', ')}` : 'none'}`;
  return (Object.keys(optionFields()) as (keyof FaultOptions)[])
    .filter((path) => fault[path] !== undefined && !takes.includes(path))
    .map((path) => ({ path, message }));
}

/** Returns the row of a fault's kind. Throws `ValidationError` for an unknown kind, and for a wrong field. */
export function checkFault(fault: Fault): FaultRow {
  if (!isRecord(fault)) {
    throw new ValidationError(`fault: expected an object, such as { kind: 'drop' }, got ${shown(fault)}`);
  }
  const known = Object.keys(faultKinds);
  const { kind } = fault;
  if (!known.includes(kind)) {
    const near = isText(kind) ? nearName(kind, known) : undefined;
    const message = `unknown kind ${shown(kind)}; ${near ? `did you mean "${near}"?` : `expected one of ${known.join(', ')}`}`;
    throw new ValidationError(`fault: ${message}`, [{ path: 'kind', message }]);
  }
  const row = faultKinds[kind];
  const what = `fault "${kind}"`;
  refuse(what, foreignOptions(fault, row));
  checkOptions(what, fault, faultFields);
  return row;
}
