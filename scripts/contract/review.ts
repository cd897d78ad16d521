import { effectOf, flagsOf, namedMethods } from './flags.ts';
import type { Contract, ContractMethod } from './model.ts';

/** What a person must decide in flags.ts before code can be generated. */
export function openQuestions(contract: Contract): string[] {
  const unknown = methodsOf(contract)
    .filter(({ service, name }) => effectOf(service, name) === undefined)
    .map(({ path }) => `${path}: unknown verb; does the method read or change something?`);
  const stale = namedMethods
    .filter((path) => !methodsOf(contract).some((method) => method.path === path))
    .map((path) => `${path}: listed in flags.ts, but no longer in the contract; remove it`);
  const fields = methodsOf(contract)
    .filter(({ service, name }) => effectOf(service, name) !== undefined)
    .flatMap(({ path, service, name, method }) => {
      const { failure } = flagsOf(service, name);
      return failure && !fieldNames(contract, method).includes(failure)
        ? [`${path}: flags.ts names "${failure}" as its failure field, but the response has no such field`]
        : [];
    });
  return [...unknown, ...stale, ...fields];
}

/** The flags that follow from the name of each new method, for a person to confirm. */
export function newMethodLines(before: Contract, after: Contract): string[] {
  return methodsOf(after)
    .filter(({ service, name }) => !before.services[service]?.[name] && effectOf(service, name) !== undefined)
    .map(({ path, service, name, method }) => {
      const { idempotent, auth, failure } = flagsOf(service, name);
      const words = [
        idempotent ? 'retried' : 'never retried',
        auth ? 'needs a credential' : 'works without a credential',
      ];
      const errors = fieldNames(after, method).filter((field) => /error/i.test(field));
      if (failure) words.push(`fails if ${failure} is set`);
      else if (errors.length > 0) words.push(`does not fail if ${errors.join(' or ')} is set`);
      return `${path}: ${words.join(', ')}`;
    });
}

interface Named {
  path: string;
  service: string;
  name: string;
  method: ContractMethod;
}

function methodsOf(contract: Contract): Named[] {
  return Object.entries(contract.services).flatMap(([service, methods]) =>
    Object.entries(methods).map(([name, method]) => ({ path: `${service}/${name}`, service, name, method })),
  );
}

/** The fields of a method's response. */
function fieldNames(contract: Contract, { response }: ContractMethod): string[] {
  return contract.messages[response ?? '']?.fields.map((field) => field.name) ?? [];
}
