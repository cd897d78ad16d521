import type { Descriptions } from '../contract/descriptions.ts';
import type { Contract, ContractField, ContractMessage, ElementType } from '../contract/model.ts';
import { closure, elementOf } from '../contract/model.ts';
import { comment, paragraphsOf } from './comment.ts';
import { areaOf, constName, typeName } from './names.ts';
import { HEADER, type Shapes } from './shared.ts';

const SCALARS: Record<string, string> = {
  string: 'string',
  boolean: 'boolean',
  number: 'number',
  integer: 'Int64',
  timestamp: 'Date',
  duration: 'number',
  fieldMask: 'string[]',
  any: 'Json',
};
/** Kinds that have no default: absent is `undefined`. */
const NO_DEFAULT = new Set(['timestamp', 'duration', 'fieldMask', 'any']);

/** Names of messages that are only ever sent: their fields may all be left out. */
export function requestShapes(contract: Contract): Shapes {
  const methods = Object.values(contract.services).flatMap((service) => Object.values(service));
  const requests = methods.map((method) => method.request);
  const received = closure(
    contract,
    methods.flatMap((method) => (method.response ? [method.response] : [])),
  );
  const sent = [...closure(contract, requests)].filter((name) => name in contract.messages && !received.has(name));
  return new Set(sent);
}

/** The text of `<area>/generated/types.ts`. */
export function typesFile(contract: Contract, area: string, shapes: Shapes, descriptions: Descriptions): string {
  const foreign = new Map<string, Set<string>>();
  const core = new Set<string>();
  const refer = (fullName: string): string => {
    const from = areaOf(fullName);
    const name = typeName(fullName);
    if (from === area) return name;
    foreign.set(from, (foreign.get(from) ?? new Set()).add(name));
    return isTaken(contract, area, name) ? `${from}${name}` : name;
  };
  const useCore = (name: string): string => {
    core.add(name);
    return name;
  };
  const element = (type: ElementType, request: boolean): string => {
    if (typeof type === 'string') {
      const name = SCALARS[type] as string;
      return name === 'Int64' || name === 'Json' ? useCore(name) : name;
    }
    if ('enum' in type) return request ? refer(type.enum) : `${useCore('Open')}<${refer(type.enum)}>`;
    const name = refer(type.message);
    return request && !shapes.has(type.message) ? `${useCore('Init')}<${name}>` : name;
  };
  const fieldText = (owner: string, field: ContractField, request: boolean): string[] => {
    const inner = element(elementOf(field.type), request);
    const nested = typeof field.type === 'object' ? field.type : {};
    const open = /[ |<]/.test(inner) ? `Array<${inner}>` : `${inner}[]`;
    const listed = request ? `readonly ${/[ |]/.test(inner) ? `(${inner})` : inner}[]` : open;
    let type = 'list' in nested ? listed : 'map' in nested ? `Record<string, ${inner}>` : inner;
    if (request && field.type === 'fieldMask') type = `readonly ${type}`;
    const absent =
      request ||
      field.optional ||
      'message' in nested ||
      (typeof field.type === 'string' && NO_DEFAULT.has(field.type));
    const docs = fieldDocs(field, descriptions.textOf(`${owner}.${field.name}`));
    return [...(docs ? [docs] : []), `  ${field.name}${absent ? '?' : ''}: ${type}${absent ? ' | undefined' : ''};`];
  };
  const body: string[] = [];
  for (const [name, options] of Object.entries(contract.enums)) {
    if (areaOf(name) !== area) continue;
    body.push('', enumDocs(name, options, descriptions), `export type ${typeName(name)} =`);
    body.push(`${options.map((option) => `  | '${option}'`).join('\n')};`);
  }
  for (const [name, message] of Object.entries(contract.messages)) {
    if (areaOf(name) !== area) continue;
    const fields = message.fields.flatMap((field) => fieldText(name, field, shapes.has(name)));
    body.push('', messageDocs(contract, name, message, descriptions.textOf(name)));
    // An interface, so that editors show the name; biome's rule against empty ones does not apply to generated files.
    body.push(`export interface ${typeName(name)} {`, ...fields, '}');
  }
  const imports = [...foreign].sort().map(([from, names]) => {
    const list = [...names].sort().map((name) => (isTaken(contract, area, name) ? `${name} as ${from}${name}` : name));
    return `import type { ${list.join(', ')} } from '../../${from}/generated/types.ts';`;
  });
  if (core.size > 0)
    imports.unshift(`import type { ${[...core].sort().join(', ')} } from '../../../core/codec/index.ts';`);
  return `${[HEADER, ...imports, ...body].join('\n')}\n`;
}

function isTaken(contract: Contract, area: string, name: string): boolean {
  return [...Object.keys(contract.messages), ...Object.keys(contract.enums)].some(
    (full) => areaOf(full) === area && typeName(full) === name,
  );
}

/** The units and the `@deprecated` that follow from the contract are added to what people wrote. */
function fieldDocs(field: ContractField, about = ''): string | undefined {
  const [text, tag] = paragraphsOf(about, field.deprecated);
  const seconds = elementOf(field.type) === 'duration' && !/second/i.test(text) ? 'In seconds.' : '';
  return comment([[text, seconds].filter(Boolean).join(' '), tag], '  ');
}

function messageDocs(contract: Contract, name: string, message: ContractMessage, about = ''): string {
  const uses = (key: 'request' | 'response'): string[] =>
    Object.entries(contract.services).flatMap(([service, methods]) =>
      Object.entries(methods)
        .filter(([, method]) => method[key] === name)
        // A link into another area would need an import.
        .map(([method]) =>
          areaOf(service) === areaOf(name)
            ? `{@link ${constName(method)}}`
            : `\`${areaOf(service)}.${constName(method)}\``,
        ),
    );
  const part = (title: string, methods: string[]): string =>
    methods.length > 0 ? `${title} of ${methods.join(', ')}.` : '';
  const pair = [part('Request', uses('request')), part('Response', uses('response'))].filter(Boolean).join(' ');
  const groups = (message.oneofs ?? []).map(
    (group) => `Set at most one of ${group.map((field) => `\`${field}\``).join(', ')}.`,
  );
  return comment([about, pair, ...groups]) ?? `/** \`${name}\`. */`;
}

function enumDocs(name: string, options: readonly string[], { textOf }: Descriptions): string {
  const values = options.flatMap((option) => {
    const about = textOf(`${name}.${option}`);
    // A tag would deprecate the whole type.
    return about ? [`- \`${option}\`: ${about.replace('@deprecated', 'deprecated:')}`] : [];
  });
  return comment([textOf(name) ?? `\`${name}\`.`, ...values, `Default: \`${options[0]}\`.`])!;
}
