import type { KaggleClient } from './client.ts';

// biome-ignore lint/suspicious/noExplicitAny: any function that takes a client first, whatever comes after
export type Verb = (client: KaggleClient, ...rest: any[]) => unknown;

/** The functions of a module with their first argument, the client, filled in. Other exports are left out. */
export type Bound<Module> = {
  [Name in keyof Module as Module[Name] extends Verb ? Name : never]: Module[Name] extends (
    client: KaggleClient,
    ...rest: infer Rest
  ) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

/** Functions that ask nothing of Kaggle: they take no client. */
const withoutClient = new Set(['fromMetadata', 'isTerminal', 'scriptKind']);

/** Binds every verb of `module` to `client`. There is no second implementation: each is the same function. */
export function bind<Module extends object>(client: KaggleClient, module: Module): Bound<Module> {
  // Verbs begin in lower case; the other functions are classes of errors.
  const entries = Object.entries(module).filter(
    ([name, value]) => typeof value === 'function' && /^[a-z]/.test(name) && !withoutClient.has(name),
  );
  return Object.fromEntries(
    entries.map(([name, verb]) => [name, (...rest: unknown[]) => (verb as Verb)(client, ...rest)]),
  ) as Bound<Module>;
}
