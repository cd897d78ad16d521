import { refusal } from '../../../core/options/check.ts';
import { pathText } from './wire.ts';

/**
 * A schema of any library that implements Standard Schema (https://standardschema.dev), such as valibot, zod or arktype.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** What libraries that accept schemas use. */
  readonly '~standard': {
    /** Version of the standard. */
    readonly version: 1;
    /** Name of the library. */
    readonly vendor: string;
    /** Checks a value, and converts it. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    /** Types of the schema, which do not exist at run time. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema returns for a value: the converted value, or the problems. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** A problem with a value. */
export interface SchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where: the keys that lead to the part of the value. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Whether a value is a schema; those of some libraries are functions. */
export function isSchema(value: unknown): boolean {
  const standard = (value as Partial<StandardSchema> | null | undefined)?.['~standard'];
  return standard?.version === 1 && typeof standard.validate === 'function';
}

/**
 * Returns the value that the schema makes of `value`. Throws `ValidationError` for `name` if it refuses; `what` names the
 * value in it.
 */
export async function validate<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
  name: string,
  what: string,
): Promise<Output> {
  const found = await schema['~standard'].validate(value);
  if (!found.issues) return found.value;
  const issues = found.issues.map(({ message, path = [] }) => {
    const keys = path.map((part) => (typeof part === 'object' ? part.key : part));
    return { path: `${what}${keys.length === 0 || typeof keys[0] === 'number' ? '' : '.'}${pathText(keys)}`, message };
  });
  throw refusal(name, issues.length > 0 ? issues : [{ path: what, message: 'does not match its schema' }]);
}
