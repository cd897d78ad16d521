import { plainName as plain } from '../near-name.ts';
import { type Kind, kind, refuse } from './kind.ts';

/** A value of an answer: one of the known names, or one that the server has learned since. */
export type Open<Name extends string> = Name | (string & {});

export interface EnumSchema<Name extends string> extends Kind<Name> {
  /** Kaggle's name, for example `kernels.KernelWorkerStatus`. */
  readonly enumName: string;
  /** The known names; the first one is the zero value. */
  readonly options: readonly Name[];
}

/**
 * A set of names. Answers are read leniently: in any case and style (`camelCase`, `snake_case`), and without the
 * prefix that the names share or that comes from the enum's own name. Unknown names are kept as they are.
 */
export function enumOf<const Name extends string>(enumName: string, options: readonly Name[]): EnumSchema<Name> {
  let exact: ReadonlySet<unknown> | undefined;
  let loose: Map<string, Name> | undefined;
  const find = (text: unknown): Name | undefined => {
    exact ??= new Set(options);
    if (exact.has(text)) return text as Name;
    loose ??= looseNames(enumName, options);
    return typeof text === 'string' ? loose.get(plain(text)) : undefined;
  };
  const schema = kind<Name>({
    type: 'enum',
    expects: `a name of ${enumName}`,
    toJson: (value, problems) => find(value) ?? refuse(problems, `one of ${options.join(', ')}`, value),
    fromJson: (json) => find(json) ?? (json === '' || typeof json === 'object' ? undefined : (`${json}` as Name)),
    zero: () => options[0] as Name,
    isZero: (json) => json === options[0],
  });
  return Object.assign(schema, { enumName, options });
}

function looseNames<Name extends string>(enumName: string, options: readonly Name[]): Map<string, Name> {
  const names = new Map<string, Name>();
  const prefixes = [plain(enumName.slice(enumName.lastIndexOf('.') + 1)), plain(sharedPrefix(options))];
  for (const name of options) {
    for (const prefix of prefixes)
      if (plain(name).startsWith(prefix)) names.set(plain(name).slice(prefix.length), name);
  }
  // Whole names win over shortened ones.
  for (const name of options) names.set(plain(name), name);
  names.delete('');
  return names;
}

/** The words that all names begin with, up to and with the last underscore. */
function sharedPrefix(options: readonly string[]): string {
  let prefix = options[0] ?? '';
  for (const name of options)
    while (!name.startsWith(prefix)) prefix = prefix.slice(0, prefix.lastIndexOf('_', prefix.length - 2) + 1);
  return options.length > 1 ? prefix.slice(0, prefix.lastIndexOf('_') + 1) : '';
}
