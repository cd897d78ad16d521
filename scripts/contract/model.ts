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

/** The content of contract/kaggle-api.json. */
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

/** The version of the kagglesdk that a contract was extracted from, such as `0.1.38`. */
export function kagglesdkVersion({ source }: Contract): string {
  return /\d+(\.\d+)+\w*/.exec(source)?.[0] ?? '(unknown version)';
}

/** The element type of a list or map; any other type itself. */
export function elementOf(type: FieldType): ElementType {
  if (typeof type === 'string') return type;
  return 'list' in type ? type.list : 'map' in type ? type.map : type;
}

/** The full name of the message or enum in a type. */
export function referenceOf(type: FieldType): string | undefined {
  const element = elementOf(type);
  if (typeof element === 'string') return undefined;
  return 'message' in element ? element.message : 'enum' in element ? element.enum : undefined;
}

/** The given messages with all messages and enums that they refer to, directly or not. */
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
