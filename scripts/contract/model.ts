import { readFileSync } from 'node:fs';

export type Scalar = 'string' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'duration' | 'fieldMask' | 'any';
export type ElementType = Scalar | { message: string } | { enum: string };
export type FieldType = ElementType | { list: ElementType } | { map: ElementType };

export interface ContractField {
  name: string;
  type: FieldType;
  optional?: boolean;
  default?: string;
  deprecated?: boolean;
}

export interface ContractMessage {
  fields: ContractField[];
  oneofs?: string[][];
  rest?: { method: string; path: string };
}

export interface ContractMethod {
  request: string;
  response: string | null;
  deprecated?: boolean;
}

/** contract/kaggle-api.json: the whole API as data. */
export interface Contract {
  source: string;
  services: Record<string, Record<string, ContractMethod>>;
  messages: Record<string, ContractMessage>;
  enums: Record<string, string[]>;
}

export const contractUrl: URL = new URL('../../contract/kaggle-api.json', import.meta.url);

export function readContract(path: string | URL = contractUrl): Contract {
  return JSON.parse(readFileSync(path, 'utf8')) as Contract;
}

/** `0.1.38`: the kagglesdk that a contract was read from. */
export function kagglesdkVersion({ source }: Contract): string {
  return /\d+(\.\d+)+\w*/.exec(source)?.[0] ?? 'of unknown version';
}

/** The type inside a list or map, or the type itself. */
export function elementOf(type: FieldType): ElementType {
  if (typeof type === 'string') return type;
  return 'list' in type ? type.list : 'map' in type ? type.map : type;
}

/** The full name of the message or enum that a type refers to. */
export function referenceOf(type: FieldType): string | undefined {
  const element = elementOf(type);
  if (typeof element === 'string') return undefined;
  return 'message' in element ? element.message : 'enum' in element ? element.enum : undefined;
}

/** All messages and enums that the given messages lead to, themselves included. */
export function closure(contract: Contract, roots: Iterable<string>): Set<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const field of contract.messages[name]?.fields ?? []) {
      const reference = referenceOf(field.type);
      if (reference) visit(reference);
    }
  };
  for (const root of roots) visit(root);
  return found;
}
