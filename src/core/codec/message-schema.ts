import { ValidationError } from '../errors.ts';
import { nearName } from '../near-name.ts';
import { isRecord, type Kind, kind, type Problem, refuse, within } from './kind.ts';
import type { Json, MessageSchema } from './message.ts';
import { type Oneofs, oneofConflicts, refuseOneof } from './oneof.ts';
import type { Optional } from './optional.ts';

/** The schema of a message that is a field of another message. */
export type Message<T> = MessageSchema<T> & Kind<T>;

/** The fields of a message by name: a kind, or `optional(kind)` for a field with explicit presence. */
export type Fields = Record<string, Kind<unknown> | Optional>;

/**
 * Names in a response that a request must not contain: fields that the contract does not know, and several members of one oneof.
 * It allows to modify a response of a newer server and send it back; unknown fields are then omitted. In any other object,
 * including a copy of the response, these names are errors. The property is not enumerable, so that it does not appear in
 * loops, comparisons or logs.
 */
const RECEIVED: unique symbol = /*#__PURE__*/ Symbol.for('kaggle-ts.received');

/** Creates the schema of a message. `fields` is called at the first use, so that messages can refer to each other and importing is cheap. */
export function message<T>(messageName: string, fields: () => Fields, oneofs: Oneofs = []): Message<T> {
  let table: Map<string, Field> | undefined;
  const open = (): Map<string, Field> => {
    table ??= new Map(Object.entries(fields()).map(([name, field]) => [name, fieldOf(field)]));
    return table;
  };

  const toJson = (value: unknown, problems: Problem[]): Json => {
    if (!isRecord(value)) return refuse(problems, `an object (${messageName})`, value);
    const known = open();
    const received = (value as { [RECEIVED]?: string[] })[RECEIVED] ?? [];
    const json: { [key: string]: Json } = {};
    for (const name of Object.keys(value)) {
      const item = value[name];
      if (item === undefined || item === null) continue;
      const field = known.get(name);
      if (field) {
        const start = problems.length;
        const encoded = field.kind.toJson(item, problems);
        if (problems.length > start) within(name, problems, start);
        else if (field.explicit || !field.kind.isZero?.(encoded)) json[name] = encoded;
      } else if (!received.includes(name)) {
        const near = nearName(name, [...known.keys()]);
        const hint = near ? `; did you mean ${near}?` : '';
        problems.push({ path: [name], message: `${messageName} has no such field${hint}`, expected: 'never' });
      }
    }
    for (const set of oneofConflicts(json, oneofs)) {
      if (set.some((name) => !received.includes(name))) refuseOneof(set, problems);
    }
    return json;
  };

  const fromJson = (json: unknown): T => {
    const wire = isRecord(json) ? json : {};
    const known = open();
    const value: Record<string | symbol, unknown> = {};
    let seen = 0;
    for (const [name, { kind, explicit }] of known) {
      const item = wire[name];
      if (item !== undefined) seen++;
      const decoded = item === undefined || item === null ? undefined : kind.fromJson(item);
      if (decoded !== undefined) value[name] = decoded;
      else if (!explicit && kind.zero) value[name] = kind.zero();
    }
    const received = oneofConflicts(value, oneofs).flat();
    const names = Object.keys(wire);
    if (names.length > seen) {
      for (const name of names) {
        if (known.has(name)) continue;
        received.push(name);
        // Not assigned, as the response may contain a field called __proto__.
        Object.defineProperty(value, name, { value: wire[name], enumerable: true, writable: true, configurable: true });
      }
    }
    if (received.length > 0) Object.defineProperty(value, RECEIVED, { value: received });
    return value as T;
  };

  const schema = kind<T>({ type: 'message', expects: `an object (${messageName})`, toJson, fromJson });
  return Object.assign(schema, {
    messageName,
    encode(value: unknown): Json {
      const problems: Problem[] = [];
      const json = toJson(value ?? {}, problems);
      if (problems.length > 0) throw invalid(messageName, problems);
      return json;
    },
    decode: fromJson,
  });
}

interface Field {
  readonly kind: Kind<unknown>;
  readonly explicit: boolean;
}

function fieldOf(field: Kind<unknown> | Optional): Field {
  return 'explicit' in field ? { kind: field.explicit, explicit: true } : { kind: field, explicit: false };
}

function invalid(messageName: string, problems: readonly Problem[]): ValidationError {
  const issues = problems.map(({ path, message }) => ({ path: pathText(path), message }));
  const texts = issues.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  return new ValidationError(`${messageName}: ${texts.join('; ')}`, issues);
}

/** `body.files[2].token` */
function pathText(path: Problem['path']): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index > 0 ? `.${key}` : key)).join('');
}
