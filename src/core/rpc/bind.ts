import type { KaggleClient } from './client.ts';

// biome-ignore lint/suspicious/noExplicitAny: any function with a client as its first argument
type Verb = (client: KaggleClient, ...rest: any[]) => unknown;

/** Functions that take no client, which are not bound. */
const withoutClient = ['fromMetadata', 'isTerminal', 'scriptKind'] as const;

/** The functions of a module without their first argument, the client. Other exports are omitted. */
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

/** Binds every function of `module` to `client`. */
export function bind<Module extends object>(client: KaggleClient, module: Module): Bound<Module> {
  // Capitalized functions are classes of errors.
  const entries = Object.entries(module).filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name));
  return Object.fromEntries(
    entries.map(([name, verb]) => {
      if ((withoutClient as readonly string[]).includes(name)) return [name, verb];
      return [name, (...rest: unknown[]) => (verb as Verb)(client, ...rest)];
    }),
  ) as Bound<Module>;
}
