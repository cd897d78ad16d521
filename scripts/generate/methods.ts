import type { Descriptions } from '../contract/descriptions.ts';
import { flagsOf, isRaw } from '../contract/flags.ts';
import type { Contract, ContractMethod } from '../contract/model.ts';
import { comment, paragraphsOf } from './comment.ts';
import { areaOf, constName, schemaName, typeName } from './names.ts';
import { HEADER } from './shared.ts';

type TypeOf = (fullName: string) => string;

/** The text of `<area>/generated/methods.ts`, or `undefined` if the area has no methods. */
export function methodsFile(contract: Contract, area: string, descriptions: Descriptions): string | undefined {
  const own = new Set<string>();
  const foreign = new Set<string>();
  const otherTypes = new Set<string>();
  const schemaOf = (name: string): string => {
    const constant = schemaName(name, area);
    (areaOf(name) === area ? own : foreign).add(constant);
    return constant;
  };
  const typeOf: TypeOf = (name) => {
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
      const response = raw ? 'globalThis.Response' : method.response ? typeOf(method.response) : 'void';
      const about = descriptions.textOf(`${service}.${name}`);
      body.push('', methodDocs(service, name, method, about, typeOf));
      body.push(`export const ${constName(name)}: Method<${typeOf(method.request)}, ${response}> = {`);
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

function methodDocs(
  service: string,
  name: string,
  method: ContractMethod,
  about: string | undefined,
  typeOf: TypeOf,
): string {
  const link = (type: string): string => `{@link ${typeOf(type)} | ${typeName(type)}}`;
  const { idempotent, auth, failure } = flagsOf(service, name);
  const raw = isRaw(method.response);
  const response = raw ? 'the HTTP `Response`, its body unread' : method.response ? link(method.response) : 'nothing';
  const facts = [
    `\`${service}/${name}\`: takes ${link(method.request)}, resolves to ${response}.`,
    auth && 'Needs a credential.',
    idempotent ? 'Idempotent: retried after transient failures.' : 'Never retried.',
    failure && `Rejects with an \`ApiError\` if \`${failure}\` is set in the response.`,
  ];
  const [text, tag] = paragraphsOf(about ?? '', method.deprecated);
  return comment([text, facts.filter(Boolean).join(' '), tag])!;
}
