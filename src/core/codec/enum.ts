import { plainName as plain } from '../near-name.ts';
import { type Kind, kind, refuse } from './kind.ts';

/** An enum value of a response: a known name, or a newer one of the server. */
export type Open<Name extends string> = Name | (string & {});

/** A schema of an enum, with its names. */
export interface EnumSchema<Name extends string> extends Kind<Name> {
  /** Kaggle's name of the enum, for example `kernels.KernelWorkerStatus`. */
  readonly enumName: string;
  /** The known names. The first is the default. */
  readonly options: readonly Name[];
}

/**
 * Creates the schema of an enum. Responses are decoded leniently: in any case and style (`camelCase`, `snake_case`), and without
 * the prefix that all names share or that is the enum's name. Unknown names are kept.
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

/** The longest common prefix of all names that ends with an underscore. */
function sharedPrefix(options: readonly string[]): string {
  let prefix = options[0] ?? '';
  for (const name of options)
    while (!name.startsWith(prefix)) prefix = prefix.slice(0, prefix.lastIndexOf('_', prefix.length - 2) + 1);
  return options.length > 1 ? prefix.slice(0, prefix.lastIndexOf('_') + 1) : '';
}
