import { ValidationError } from '../../../core/errors.ts';
import { isUrl } from '../../../core/file-path.ts';
import { type Field, field, type Issue, name, needed, shown, text } from '../../../core/options/field.ts';
import { type Fields, shape } from '../../../core/options/shape.ts';
import { slugify } from '../../../core/slug/slugify.ts';
import type { JobFolder } from '../push/job-files.ts';
import { type PushRequest, pushFields, requestIssues } from '../push/request.ts';
import { looksLikePath } from '../push/script-kind.ts';
import type { MachineShape } from '../push/shapes.ts';
import { isSchema, type StandardSchema } from './schema.ts';

/** A Python function, and the kernel in which it runs. */
export interface FunctionDefinition<In, Out>
  extends JobFolder,
    Omit<
      PushRequest,
      | keyof JobFolder
      | 'text'
      | 'entry'
      | 'params'
      | 'language'
      | 'kernelType'
      | 'kernelExecutionType'
      | 'id'
      | 'enableGpu'
      | 'enableTpu'
      | 'machineShape'
    > {
  /**
   * Python file (`.py`) with the function: a path or `file:` URL, read at each call. With `folder` or `files`, its path in them.
   * With `text`, its name in tracebacks.
   */
  file?: string | URL | undefined;
  /** Python source with the function, in place of a file: for Workers, browsers, and short functions. */
  text?: string | undefined;
  /** Name of the function in the file. It takes one argument, the input; it can be `async`. */
  entry: string;
  /**
   * Kernel for the calls, each of which is a version of it: `owner/slug`, or the bare slug of your own kernel.
   * @default `function-` and the name of the function
   */
  slug?: string | undefined;
  /**
   * Title of the kernel; see `PushRequest.newTitle`.
   * @default the slug with spaces
   */
  newTitle?: string | undefined;
  /**
   * Machine to run on; see `PushRequest.machineShape`. `CPU` uses no quota.
   * @default `NvidiaTeslaT4`: two T4 GPUs
   */
  machineShape?: MachineShape | 'CPU' | (string & {}) | undefined;
  /** Schema of the input, of any library that implements Standard Schema. What it returns is sent. */
  input?: StandardSchema<In, unknown> | undefined;
  /** Schema of the result. What it returns is the result of the call. */
  output?: StandardSchema<unknown, Out> | undefined;
}

function schema<T>(): Field<T> {
  return field('a schema that implements Standard Schema, such as one of valibot, zod or arktype', isSchema);
}

const isIdentifier = (value: unknown) =>
  typeof value === 'string' && /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u.test(value);

function definitionFields<In, Out>(): Fields<FunctionDefinition<In, Out>> {
  const { id, entry, params, language, kernelType, kernelExecutionType, enableGpu, enableTpu, ...settings } =
    pushFields();
  return {
    ...settings,
    file: field(
      'the path of a Python file, such as "embed.py"',
      (value) => isUrl(value) || (typeof value === 'string' && /[^/\\]\.py$/.test(value)),
    ),
    text: text(),
    entry: needed(field('the name of a Python function, such as "embed"', isIdentifier)),
    machineShape: name('the name of a machine, such as "NvidiaTeslaT4", or "CPU"'),
    input: schema<StandardSchema<In, unknown>>(),
    output: schema<StandardSchema<unknown, Out>>(),
  };
}

function definitionIssues(given: Readonly<Record<string, unknown>>): Issue[] {
  const { entry, text, file, folder, files, ...settings } = given;
  const sources = Object.entries({ text, folder, files }).filter(([, value]) => value !== undefined);
  const issues: Issue[] = [];
  if (sources.length > 1) {
    const names = sources.map(([name]) => name).join(' and ');
    issues.push({ path: sources[0]![0], message: `expected one of text, folder and files, got ${names}` });
  }
  if (text === undefined && file === undefined) {
    issues.push({ path: 'file', message: 'is missing; name the Python file with the function, or pass text' });
  }
  if (typeof text === 'string' && looksLikePath(text)) {
    issues.push({
      path: 'text',
      message: `expected Python source, got ${shown(text)}, which looks like a path; pass it as file`,
    });
  }
  const named = kernelName({ ...settings, entry: String(entry) });
  return [...issues, ...requestIssues({ ...settings, ...named })];
}

export function definitionField<In, Out>(): Field<FunctionDefinition<In, Out>> {
  return Object.assign(shape<FunctionDefinition<In, Out>>(definitionFields<In, Out>()), { also: definitionIssues });
}

/** Slug and title of the kernel, as given or by default. */
export function kernelName(given: { readonly entry: string; readonly slug?: unknown; readonly newTitle?: unknown }): {
  slug: string;
  newTitle: string | undefined;
} {
  const made = `function-${slugify(given.entry) || 'x'}`.slice(0, 50).replace(/-+$/, '');
  const slug = (given.slug as string | undefined) ?? made;
  const last = String(slug).split('/').at(-1)!;
  const title = last.replaceAll('-', ' ');
  const byDefault =
    slugify(title) === last.toLowerCase() && title.length >= 5 && title.length <= 50 ? title : undefined;
  return { slug, newTitle: (given.newTitle as string | undefined) ?? byDefault };
}

/** Throws if the file cannot contain the function, before a run is paid for: its name does not occur. */
export function checkEntry(source: string, file: string, entry: string): void {
  if (source.includes(entry) || /^\s*from\s.+\simport\s+\*/m.test(source)) return;
  const known = [...source.matchAll(/^(?:async\s+)?def\s+(\w+)/gm)].map((match) => match[1]);
  const hint = known.length > 0 ? `; it has: ${known.slice(0, 10).join(', ')}` : '';
  const message = `no such function in "${file}": "${entry}"${hint}`;
  throw new ValidationError(`kernels.gpu: entry: ${message}`, [{ path: 'entry', message }]);
}
