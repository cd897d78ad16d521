import { effectOf, flagsOf, namedMethods } from './flags.ts';
import type { Contract, ContractMethod } from './model.ts';

/** What a person must settle in flags.ts before code can be generated. */
export function openQuestions(contract: Contract): string[] {
  const unknown = methodsOf(contract)
    .filter(({ service, name }) => effectOf(service, name) === undefined)
    .map(({ path }) => `${path}: flags.ts does not know this verb: does the method read or change something?`);
  const stale = namedMethods
    .filter((path) => !methodsOf(contract).some((method) => method.path === path))
    .map((path) => `${path}: named in flags.ts, but there is no such method any more`);
  const fields = methodsOf(contract)
    .filter(({ service, name }) => effectOf(service, name) !== undefined)
    .flatMap(({ path, service, name, method }) => {
      const { failure } = flagsOf(service, name);
      return failure && !fieldNames(contract, method).includes(failure)
        ? [`${path}: flags.ts takes ${failure} for its failure, but the answer has no such field`]
        : [];
    });
  return [...unknown, ...stale, ...fields];
}

/** For each new method the flags that follow from its name, for a person to confirm. */
export function newMethodLines(before: Contract, after: Contract): string[] {
  return methodsOf(after)
    .filter(({ service, name }) => !before.services[service]?.[name] && effectOf(service, name) !== undefined)
    .map(({ path, service, name, method }) => {
      const { idempotent, auth, failure } = flagsOf(service, name);
      const words = [
        idempotent ? 'may be repeated' : 'never repeated',
        auth ? 'needs a credential' : 'works without a credential',
      ];
      const errors = fieldNames(after, method).filter((field) => /error/i.test(field));
      if (failure) words.push(`fails when ${failure} is filled`);
      else if (errors.length > 0) words.push(`a filled ${errors.join(' or ')} does not fail it`);
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

/** The fields of a method's answer. */
function fieldNames(contract: Contract, { response }: ContractMethod): string[] {
  return contract.messages[response ?? '']?.fields.map((field) => field.name) ?? [];
}
