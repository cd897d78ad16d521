import type { Contract } from '../contract/model.ts';

/** `kernels.ApiSaveKernelRequest` -> `kernels` */
export function areaOf(fullName: string): string {
  return fullName.slice(0, fullName.indexOf('.'));
}

/** `common.Operation.Status` -> `OperationStatus` */
export function typeName(fullName: string): string {
  return fullName.slice(fullName.indexOf('.') + 1).replaceAll('.', '');
}

/** `GetKernelSessionStatus` -> `getKernelSessionStatus` */
export function constName(method: string): string {
  return method.charAt(0).toLowerCase() + method.slice(1);
}

/** The name of a schema in the files of `area`. Schemas of other areas are prefixed with their area. */
export function schemaName(fullName: string, area: string): string {
  const own = areaOf(fullName) === area;
  return `${own ? '' : areaOf(fullName)}${typeName(fullName)}Schema`;
}

/** All areas of the contract, including those without methods. */
export function areas(contract: Contract): string[] {
  const names = [contract.services, contract.messages, contract.enums].flatMap((part) => Object.keys(part));
  return [...new Set(names.map(areaOf))].sort();
}

/** Throws if two names of one area collide. */
export function assertUnique(contract: Contract): void {
  const taken = new Map<string, string>();
  const take = (area: string, name: string, what: string): void => {
    const key = `${area}: ${name}`;
    if (taken.has(key)) throw new Error(`${what} and ${taken.get(key)} are both called ${name} in ${area}`);
    taken.set(key, what);
  };
  for (const name of [...Object.keys(contract.messages), ...Object.keys(contract.enums)]) {
    take(areaOf(name), typeName(name), name);
    take(areaOf(name), `${typeName(name)}Schema`, name);
  }
  for (const [service, methods] of Object.entries(contract.services)) {
    for (const method of Object.keys(methods)) take(areaOf(service), constName(method), `${service}/${method}`);
  }
}
