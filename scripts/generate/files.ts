import { assertDescribed, readDescriptions } from '../contract/descriptions.ts';
import type { Contract } from '../contract/model.ts';
import { openQuestions } from '../contract/review.ts';
import { methodsFile } from './methods.ts';
import { areas, assertUnique } from './names.ts';
import { foreignFile, foreignNames, schemasFile } from './schemas.ts';
import { HEADER } from './shared.ts';
import { requestShapes, typesFile } from './types.ts';

/** The texts of all generated files, by their path below src/services. */
export function generatedFiles(contract: Contract, descriptions = readDescriptions()): Map<string, string> {
  assertUnique(contract);
  assertSettled(contract);
  assertDefaults(contract);
  assertDescribed(contract, descriptions);
  const shapes = requestShapes(contract);
  const files = new Map<string, string>();
  for (const area of areas(contract)) {
    const methods = methodsFile(contract, area, descriptions);
    const foreign = foreignNames(contract, area).length > 0;
    files.set(`${area}/generated/types.ts`, typesFile(contract, area, shapes, descriptions));
    files.set(`${area}/generated/schemas.ts`, schemasFile(contract, area));
    if (foreign) files.set(`${area}/generated/foreign.ts`, foreignFile(contract, area));
    if (methods) files.set(`${area}/generated/methods.ts`, methods);
    const index = [HEADER, ...(methods ? [`export * from './methods.ts';`] : [])];
    index.push(`export * from './schemas.ts';`, `export type * from './types.ts';`);
    files.set(`${area}/generated/index.ts`, `${index.join('\n')}\n`);
  }
  return files;
}

/** Throws for a method whose effect no table of flags.ts tells. */
function assertSettled(contract: Contract): void {
  const questions = openQuestions(contract);
  if (questions.length > 0) throw new Error(questions.join('\n'));
}

/** Throws unless each field's default is the first value of its enum, as the codec assumes. */
function assertDefaults(contract: Contract): void {
  for (const [name, message] of Object.entries(contract.messages)) {
    for (const field of message.fields) {
      if (field.default === undefined) continue;
      const first = typeof field.type === 'object' && 'enum' in field.type && contract.enums[field.type.enum]?.[0];
      if (first !== field.default)
        throw new Error(
          `${name}.${field.name}: expected its default to be the first value of the enum, got ${field.default}`,
        );
    }
  }
}
