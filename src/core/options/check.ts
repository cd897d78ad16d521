import * as v from 'valibot';
import { type ErrorText, type NameOption, writeText } from '../error-text.ts';
import { type KaggleErrorOptions, ValidationError } from '../errors.ts';
import type { Platform } from '../platform.ts';
import { type OnWarning, warn } from '../warn.ts';
import { explainOutside, explainUnknown, type OtherArgument } from './explain.ts';
import { type AnyField, type Field, type Issue, isRecord, shown } from './field.ts';
import { type Fields, type Shape, shape } from './shape.ts';

/** Describes an argument by its schema, or by the fields of an object. Called at each check. */
export type Described<T> = () => Field<T> | Fields<T>;

/** Options of earlier versions, which are ignored with a warning, and what to do instead. */
const former: Readonly<Record<string, string>> = {
  sleep: 'waits use the clock of the platform: createClient({ platform: { ...platform, clock } })',
  clock: 'set it on the platform: createClient({ platform: { ...platform, clock } })',
};

const day = 24 * 60 * 60;

function schemaOf(described: AnyField | Fields<unknown>): AnyField {
  return '~run' in described ? (described as AnyField) : shape(described);
}

const fieldsOf = (schema: AnyField): Shape<unknown>['fields'] => (schema as Partial<Shape<unknown>>).fields ?? {};

/** `body.files[2].token` */
function pathText(path: readonly { readonly key: unknown }[]): string {
  return path
    .map(({ key }, index) => (typeof key === 'number' ? `[${key}]` : index > 0 ? `.${key}` : `${key}`))
    .join('');
}

const shownNames = 5;

/** `slug: expected ...`, `title is missing`; paths that share a message are listed together. */
function describeIssues(issues: readonly Issue[], name: NameOption): string {
  const paths = new Map<string, string[]>();
  for (const issue of issues) {
    const message = writeText(issue.message, name);
    paths.set(message, [...(paths.get(message) ?? []), name(issue.path)]);
  }
  return [...paths]
    .map(([message, names]) => {
      const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : '';
      return `${names.slice(0, shownNames).join(', ')}${more}${/^(?:must|is) /.test(message) ? '' : ':'} ${message}`;
    })
    .join('; ');
}

function issuesOf(name: string, schema: AnyField, value: unknown, others: readonly OtherArgument[]) {
  const { issues = [] } = v.safeParse(schema, value);
  const found = issues.flatMap((issue): Issue | readonly Issue[] => {
    const path = (issue.path ?? []) as unknown as { key: unknown }[];
    // The path of an item of an array that is itself an argument begins with a number.
    const at = `${typeof path[0]?.key === 'string' ? '' : name}${pathText(path)}`;
    const key = String(path.at(-1)?.key);
    const outside = path.length === 1 ? others : [];
    if (issue.type === 'raw_check' && issue.expected !== null) {
      if (name === 'options' && path.length === 1 && key in former) return [];
      return { path: at, message: explainUnknown(key, issue.expected.split(', '), outside) };
    }
    if (issue.expected === 'never') return { path: at, message: explainOutside(key, outside) ?? issue.message };
    return { path: at, message: issue.input === undefined ? 'is missing' : issue.message };
  });
  return isRecord(value) && schema.also ? [...schema.also(value), ...found] : found;
}

/** Warns about options of earlier versions. */
function warnAboutFormer(verb: string, client: { platform: Platform }, options: Record<string, unknown>): void {
  for (const [name, hint] of Object.entries(former)) {
    if (options[name] !== undefined) warn(client, options, `${verb}: ${name} is ignored; ${hint}`);
  }
}

/** One error for all issues of an input of `what`. */
export function refusal(what: string, issues: readonly Issue[], options?: KaggleErrorOptions): ValidationError {
  return new ValidationError((name) => `${name(what)}: ${describeIssues(issues, name)}`, issues, options);
}

/** Throws one `ValidationError` that lists all issues, if there are any. */
export function refuse(what: string, issues: readonly Issue[]): void {
  if (issues.length > 0) throw refusal(what, issues);
}

/** Checks the options of a function without other arguments. Throws `ValidationError`. */
export function checkOptions<T>(what: string, options: T, fields: () => Fields<T>): void {
  refuse(what, issuesOf('options', shape(fields()), options, []));
}

/** Throws `ValidationError` if the first argument is not a client. */
function checkClient(verb: string, client: unknown, names: readonly string[]): void {
  const given = (client ?? {}) as { call?: unknown; platform?: unknown; client?: { call?: unknown }; then?: unknown };
  if (typeof given.call === 'function' && typeof given.platform === 'object') return;
  const usage = `${verb}(${['client', ...names].join(', ')})`;
  let message = `expected the client as the first argument, got ${shown(client)}; call ${usage}`;
  if (typeof given.client?.call === 'function') {
    message = `got the result of createKaggle() instead of the client; call kaggle.${verb}(${names.join(', ')}), or pass kaggle.client`;
  } else if (typeof given.then === 'function') message = 'the client is a promise; await it first';
  throw new ValidationError(`${verb}: ${message}`, [{ path: 'client', message }]);
}

/** Warns about more than a day of seconds, which are probably milliseconds. */
function warnAboutDays(verb: string, platform: Platform, schemas: Record<string, AnyField>, args: object): void {
  for (const [name, schema] of Object.entries(schemas)) {
    const given = (args as Record<string, Record<string, unknown>>)[name]!;
    for (const [option, { seconds }] of Object.entries(fieldsOf(schema))) {
      const value = seconds && Number(given[option]);
      if (!value || value <= day || value === Number.POSITIVE_INFINITY) continue;
      const line: ErrorText = (name) =>
        `${name(verb)}: ${name(option)} is in seconds; ${value} seconds is ${(value / day).toFixed(1)} days`;
      warn({ platform }, (args as { options?: { onWarning?: OnWarning } }).options ?? {}, line);
    }
  }
}

/**
 * Checks the client and all arguments of a call, named in the order of the signature. Throws one `ValidationError` that lists all
 * problems, before anything is sent. For an unknown option, it suggests a similar one, or the argument to which it belongs.
 */
export function checkCall<Args extends object>(
  verb: string,
  client: unknown,
  args: Args,
  described: { readonly [Name in keyof Args]: Described<Args[Name]> },
): void {
  const names = Object.keys(described);
  checkClient(verb, client, names);
  const schemas = Object.fromEntries(
    names.map((name) => [name, schemaOf(described[name as keyof Args]() as AnyField)]),
  );
  const issues = names.flatMap((name) => {
    const others = names
      .filter((other) => other !== name)
      .map((other) => ({
        known: Object.keys(fieldsOf(schemas[other]!)),
        usage(option: string) {
          const shown = names.map((each) => (each === other ? `{ ${option} }` : each));
          return `${other}: ${verb}(${['client', ...shown].join(', ')})`;
        },
      }));
    return issuesOf(name, schemas[name]!, args[name as keyof Args], others);
  });
  refuse(verb, issues);
  const { platform } = client as { platform: Platform };
  warnAboutDays(verb, platform, schemas, args);
  warnAboutFormer(verb, { platform }, (args as { options?: Record<string, unknown> }).options ?? {});
}
