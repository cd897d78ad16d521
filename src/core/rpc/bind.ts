import type { KaggleClient } from './client.ts';

// biome-ignore lint/suspicious/noExplicitAny: any function that takes a client first, whatever comes after
type Verb = (client: KaggleClient, ...rest: any[]) => unknown;

/** Functions that ask nothing of Kaggle: they take no client, and stay as they are. */
const withoutClient = ['fromMetadata', 'isTerminal', 'scriptKind'] as const;

/** The functions of a module with their first argument, the client, filled in. Other exports are left out. */
export type Bound<Module> = {
  // biome-ignore lint/suspicious/noExplicitAny: any function at all
  [Name in keyof Module as Module[Name] extends (...values: any[]) => unknown
    ? Name
    : never]: Name extends (typeof withoutClient)[number]
    ? Module[Name]
    : Module[Name] extends (client: KaggleClient, ...rest: infer Rest) => infer Result
      ? (...rest: Rest) => Result
      : never;
};

/** Binds every verb of `module` to `client`. There is no second implementation: each is the same function. */
export function bind<Module extends object>(client: KaggleClient, module: Module): Bound<Module> {
  // Verbs begin in lower case; the other functions are classes of errors.
  const entries = Object.entries(module).filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name));
  return Object.fromEntries(
    entries.map(([name, verb]) => {
      if ((withoutClient as readonly string[]).includes(name)) return [name, verb];
      return [name, (...rest: unknown[]) => (verb as Verb)(client, ...rest)];
    }),
  ) as Bound<Module>;
}
