import type { KaggleClient } from './client.ts';

// biome-ignore lint/suspicious/noExplicitAny: any function with a client as its first argument
type Verb = (client: KaggleClient, ...rest: any[]) => unknown;

/** Functions that take no client, which are not bound. */
const withoutClient = ['fromKernel', 'fromMetadata', 'isTerminal', 'scriptKind', 'slugify'] as const;

/**
 * The module whose functions, without their first argument, the client, are `Verbs`. Of a function with type parameters, only
 * the form for their constraints is compared.
 */
export type Unbound<Verbs> = {
  // biome-ignore lint/suspicious/noExplicitAny: any function at all
  readonly [Name in keyof Verbs]: Verbs[Name] extends (...rest: infer Rest extends any[]) => infer Result
    ? Name extends (typeof withoutClient)[number]
      ? Verbs[Name]
      : (client: KaggleClient, ...rest: Rest) => Result
    : never;
};

/** Binds every function of `module` to `client`. */
export function bind<Verbs>(client: KaggleClient, module: Unbound<Verbs>): Verbs {
  // Capitalized functions are classes of errors.
  const entries = Object.entries(module).filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name));
  return Object.fromEntries(
    entries.map(([name, verb]) => {
      if ((withoutClient as readonly string[]).includes(name)) return [name, verb];
      return [name, (...rest: unknown[]) => (verb as Verb)(client, ...rest)];
    }),
  ) as Verbs;
}
