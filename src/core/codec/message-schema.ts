import { ValidationError } from '../errors.ts';
import { isRecord, type Kind, kind, type Problem, refuse, within } from './kind.ts';
import type { Json, MessageSchema } from './message.ts';
import { checkOneofs, type Oneofs } from './oneof.ts';
import type { Optional } from './optional.ts';

/** A message as it stands in the table of another one. */
export type Message<T> = MessageSchema<T> & Kind<T>;

/** The fields of a message by name: a kind, or `optional(kind)` for explicit presence. */
export type Fields = Record<string, Kind<unknown> | Optional>;

/**
 * The names of the fields of an answer that the contract does not have. It travels along when the answer is copied,
 * so that an answer of a newer server can be changed and sent back; unknown names from elsewhere are typing errors.
 */
const UNKNOWN: unique symbol = /*#__PURE__*/ Symbol.for('kaggle-ts.unknown');

/** The schema of a message. `fields` is called at first use: messages may refer to each other, and importing is free. */
export function message<T>(messageName: string, fields: () => Fields, oneofs?: Oneofs): Message<T> {
  let table: Map<string, Field> | undefined;
  const open = (): Map<string, Field> => {
    table ??= new Map(Object.entries(fields()).map(([name, field]) => [name, fieldOf(field)]));
    return table;
  };
  const schema = kind<T>({
    type: 'message',
    expects: `an object (${messageName})`,
    toJson: (value, problems) => {
      const json = write(value, open(), messageName, problems);
      if (oneofs && json) checkOneofs(json, oneofs, problems);
      return json;
    },
    fromJson: (json) => read(json, open()) as T,
  });
  return Object.assign(schema, {
    messageName,
    encode(value: unknown): Json {
      const problems: Problem[] = [];
      const json = schema.toJson(value ?? {}, problems);
      if (problems.length > 0) throw invalid(messageName, problems);
      return json;
    },
    decode: (json: unknown): T => read(json, open()) as T,
  });
}

interface Field {
  readonly kind: Kind<unknown>;
  readonly explicit: boolean;
}

function fieldOf(field: Kind<unknown> | Optional): Field {
  return 'explicit' in field ? { kind: field.explicit, explicit: true } : { kind: field, explicit: false };
}

type Wire = { [key: string]: Json };

function write(value: unknown, fields: Map<string, Field>, messageName: string, problems: Problem[]): Wire | null {
  if (!isRecord(value)) return refuse(problems, `an object (${messageName})`, value);
  const json: Wire = {};
  for (const name of Object.keys(value)) {
    const item = value[name];
    if (item === undefined || item === null) continue;
    const field = fields.get(name);
    if (field) {
      const start = problems.length;
      const encoded = field.kind.toJson(item, problems);
      if (problems.length > start) within(name, problems, start);
      else if (field.explicit || !field.kind.isZero?.(encoded)) json[name] = encoded;
    } else if (!(value as { [UNKNOWN]?: string[] })[UNKNOWN]?.includes(name)) {
      problems.push({ path: [name], message: `${messageName} has no such field`, expected: 'never' });
    }
  }
  return json;
}

function read(json: unknown, fields: Map<string, Field>): object {
  const value: Record<string | symbol, unknown> = {};
  const wire = isRecord(json) ? json : {};
  for (const [name, { kind, explicit }] of fields) {
    const item = wire[name];
    const decoded = item === undefined || item === null ? undefined : kind.fromJson(item);
    if (decoded !== undefined) value[name] = decoded;
    else if (!explicit && kind.zero) value[name] = kind.zero();
  }
  const unknown = Object.keys(wire).filter((name) => !fields.has(name));
  if (unknown.length > 0) {
    // Defined, not assigned: the wire may have a field called __proto__.
    for (const name of unknown)
      Object.defineProperty(value, name, { value: wire[name], enumerable: true, writable: true, configurable: true });
    value[UNKNOWN] = unknown;
  }
  return value;
}

function invalid(messageName: string, problems: readonly Problem[]): ValidationError {
  const issues = problems.map(({ path, message }) => ({ path: pathText(path), message }));
  return new ValidationError(
    `${messageName}: ${issues.map((issue) => `${issue.path ? `${issue.path}: ` : ''}${issue.message}`).join('; ')}`,
    issues,
  );
}

/** `body.files[2].token` */
function pathText(path: Problem['path']): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index > 0 ? `.${key}` : key)).join('');
}
