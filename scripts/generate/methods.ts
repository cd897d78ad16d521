import { flagsOf, isRaw } from '../contract/flags.ts';
import type { Contract, ContractMethod } from '../contract/model.ts';
import { areaOf, constName, schemaName, typeName } from './names.ts';
import { HEADER } from './shared.ts';

/** The text of `<area>/generated/methods.ts`, or `undefined` if the area has no methods. */
export function methodsFile(contract: Contract, area: string): string | undefined {
  const own = new Set<string>();
  const foreign = new Set<string>();
  const otherTypes = new Set<string>();
  const schemaOf = (name: string): string => {
    const constant = schemaName(name, area);
    (areaOf(name) === area ? own : foreign).add(constant);
    return constant;
  };
  const typeOf = (name: string): string => {
    const from = areaOf(name);
    if (from === area) return `t.${typeName(name)}`;
    otherTypes.add(from);
    return `${from}.${typeName(name)}`;
  };
  const body: string[] = [];
  for (const [service, methods] of Object.entries(contract.services)) {
    if (areaOf(service) !== area) continue;
    for (const [name, method] of Object.entries(methods)) {
      const raw = isRaw(method.response);
      const flags = flagsOf(service, name);
      const answer = raw ? 'globalThis.Response' : method.response ? typeOf(method.response) : 'void';
      body.push('', methodDocs(contract, service, name, method));
      body.push(`export const ${constName(name)}: Method<${typeOf(method.request)}, ${answer}> = {`);
      body.push(`  service: '${service}',`, `  name: '${name}',`, `  request: ${schemaOf(method.request)},`);
      if (method.response && !raw) body.push(`  response: ${schemaOf(method.response)},`);
      if (raw) body.push('  raw: true,');
      if (flags.idempotent) body.push('  idempotent: true,');
      if (flags.auth) body.push('  auth: true,');
      if (flags.failure) body.push(`  failure: '${flags.failure}',`);
      body.push('};');
    }
  }
  if (body.length === 0) return undefined;
  const imports = [
    `import type { Method } from '../../../core/rpc/method.ts';`,
    ...[...otherTypes].sort().map((from) => `import type * as ${from} from '../../${from}/generated/types.ts';`),
  ];
  if (foreign.size > 0) imports.push(`import { ${[...foreign].sort().join(', ')} } from './foreign.ts';`);
  if (own.size > 0) imports.push('import {', ...[...own].sort().map((name) => `  ${name},`), `} from './schemas.ts';`);
  imports.push(`import type * as t from './types.ts';`);
  return `${[HEADER, ...imports, ...body].join('\n')}\n`;
}

function methodDocs(contract: Contract, service: string, name: string, method: ContractMethod): string {
  const rest = contract.messages[method.request]?.rest;
  const lines = [`\`${service}/${name}\`${rest ? `, in Kaggle's REST form ${rest.method} ${rest.path}` : ''}.`];
  if (isRaw(method.response)) lines.push('Answers with a file: resolves to the HTTP response.');
  const { failure } = flagsOf(service, name);
  if (failure) lines.push(`A filled \`${failure}\` in the answer is thrown as an error.`);
  if (method.deprecated) lines.push('@deprecated');
  return lines.length === 1 ? `/** ${lines[0]} */` : ['/**', ...lines.map((line) => ` * ${line}`), ' */'].join('\n');
}
