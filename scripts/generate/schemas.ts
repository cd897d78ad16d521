import { isRaw } from '../contract/flags.ts';
import { type Contract, type ContractField, closure, type ElementType, elementOf } from '../contract/model.ts';
import { areaOf, schemaName, typeName } from './names.ts';
import { HEADER } from './shared.ts';

/**
 * The messages and enums of other areas that `area` needs at run time. It gets its own copies of them, so that
 * importing one method loads the files of one area.
 */
export function foreignNames(contract: Contract, area: string): string[] {
  const own = Object.keys(contract.messages).filter((name) => areaOf(name) === area);
  const responses = Object.entries(contract.services)
    .filter(([service]) => areaOf(service) === area)
    .flatMap(([, methods]) => Object.values(methods).map((method) => method.response))
    .filter((response) => response !== null && !isRaw(response)) as string[];
  return [...closure(contract, [...own, ...responses])].filter((name) => areaOf(name) !== area).sort();
}

/** The text of `<area>/generated/schemas.ts`: a schema for each message and enum of the area. */
export function schemasFile(contract: Contract, area: string): string {
  const names = [...Object.keys(contract.enums), ...Object.keys(contract.messages)].filter(
    (name) => areaOf(name) === area,
  );
  const file = new SchemaFile(contract, area, (name) => areaOf(name) === area);
  for (const name of names) file.add(name);
  return file.text('./foreign.ts');
}

/** The text of `<area>/generated/foreign.ts`: copies of schemas that the area uses from others. */
export function foreignFile(contract: Contract, area: string): string {
  const file = new SchemaFile(contract, area, (name) => areaOf(name) !== area);
  for (const name of foreignNames(contract, area)) file.add(name);
  return file.text('./schemas.ts');
}

/** Collects schemas and what they import. */
class SchemaFile {
  readonly #contract: Contract;
  readonly #area: string;
  readonly #isHere: (fullName: string) => boolean;
  readonly #core = new Set<string>();
  readonly #elsewhere = new Set<string>();
  readonly #types = new Set<string>();
  readonly #body: string[] = [];

  constructor(contract: Contract, area: string, isHere: (fullName: string) => boolean) {
    this.#contract = contract;
    this.#area = area;
    this.#isHere = isHere;
  }

  add(name: string): void {
    const type = this.#type(name);
    const constant = schemaName(name, this.#area);
    const options = this.#contract.enums[name];
    if (options) {
      this.#core.add('type EnumSchema').add('enumOf');
      this.#body.push('', `export const ${constant}: EnumSchema<${type}> = /*#__PURE__*/ enumOf('${name}', [`);
      this.#body.push(...options.map((option) => `  '${option}',`), ']);');
      return;
    }
    const { fields, oneofs } = this.#contract.messages[name] as Contract['messages'][string];
    this.#core.add('type Message').add('message');
    const rows = fields.map((field) => `  ${field.name}: ${this.#field(field)},`);
    const table = rows.length > 0 ? `({\n${rows.join('\n')}\n})` : '({})';
    const groups = oneofs
      ? `, [${oneofs.map((group) => `[${group.map((field) => `'${field}'`).join(', ')}]`).join(', ')}]`
      : '';
    this.#body.push(
      '',
      `export const ${constant}: Message<${type}> = /*#__PURE__*/ message('${name}', () => ${table}${groups});`,
    );
  }

  text(elsewhere: string): string {
    const imports = [`import { ${sortImports(this.#core).join(', ')} } from '../../../core/codec/index.ts';`];
    if (this.#elsewhere.size > 0)
      imports.push(`import { ${[...this.#elsewhere].sort().join(', ')} } from '${elsewhere}';`);
    for (const from of [...this.#types].sort()) {
      const [name, folder] = from === this.#area ? ['t', '.'] : [from, `../../${from}/generated`];
      imports.push(`import type * as ${name} from '${folder}/types.ts';`);
    }
    return `${[HEADER, ...imports, ...this.#body].join('\n')}\n`;
  }

  #type(name: string): string {
    const area = areaOf(name);
    this.#types.add(area);
    return `${area === this.#area ? 't' : area}.${typeName(name)}`;
  }

  #field(field: ContractField): string {
    const element = this.#element(elementOf(field.type));
    const wrap = typeof field.type === 'object' && ('list' in field.type ? 'list' : 'map' in field.type ? 'map' : '');
    if (wrap) this.#core.add(wrap);
    const kind = wrap ? `${wrap}(${element})` : element;
    if (!field.optional) return kind;
    this.#core.add('optional');
    return `optional(${kind})`;
  }

  #element(type: ElementType): string {
    if (typeof type === 'string') {
      const kind = type;
      this.#core.add(kind);
      return kind;
    }
    const reference = 'message' in type ? type.message : type.enum;
    const constant = schemaName(reference, this.#area);
    if (!this.#isHere(reference)) this.#elsewhere.add(constant);
    return constant;
  }
}

function sortImports(names: Iterable<string>): string[] {
  const key = (name: string): string => name.replace('type ', '').toLowerCase();
  return [...names].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
