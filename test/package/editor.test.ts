import { join } from 'node:path';
import ts from 'typescript-5';
import { afterAll, describe, expect, test } from 'vitest';
import * as datasets from '../../src/services/datasets/index.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { root } from '../structure/source-files.ts';
import { editors } from './editor.ts';
import { isPackageRun, packageOnly } from './package-only.ts';

const verbs = Object.entries({ datasets, kernels }).flatMap(([area, module]) =>
  Object.keys(module)
    .filter((name) => /^[a-z]/.test(name))
    .map((name) => `${area}.${name}`),
);

// A line for each verb: as a function, as a bound one that is called, and as a bound one that is only named.
const text = [
  "import { createKaggle } from 'kaggle-ts';",
  "import * as datasets from 'kaggle-ts/datasets';",
  "import * as kernels from 'kaggle-ts/kernels';",
  'const kaggle = createKaggle();',
  ...verbs.map((verb) => `${verb}(); kaggle.${verb}(); const of${verb.replace('.', '')} = kaggle.${verb};`),
  'kaggle.kernels.push({ });',
  'kaggle.datasets.createOrVersion({ });',
  "const pushed = kernels.push(kaggle.client, { machineShape: '' });",
].join('\n');

/** The offset after a piece of text that occurs once. */
function endOf(piece: string): number {
  expect(text.split(piece)).toHaveLength(2);
  return text.indexOf(piece) + piece.length;
}

/** Docs without what they say of the parameter that a bound verb lacks. */
const withoutClient = (docs: string) => docs.replace(/^.*@param\W+client\b.*\n*/m, '').trim();

const newest = 'TypeScript 7';
const opened = Object.entries(editors).filter(([name]) => isPackageRun || name === newest);

test.for(Object.keys(editors).filter((name) => name !== newest))('an editor with %s, too', (_, context) => {
  packageOnly(context, 'the newest version is asked the same');
});

describe.each(opened)('an editor with %s', (_, open) => {
  const editor = open(text);
  afterAll(() => editor.close());

  test.each(verbs)('shows the docs of %s also where it is bound', async (verb) => {
    const docs = withoutClient(await editor.hover(endOf(`\n${verb}(`) - 1));
    expect(docs.length).toBeGreaterThan(20);
    expect(await editor.hover(endOf(`; kaggle.${verb}(`) - 1)).toBe(docs);
    expect(await editor.hover(endOf(`= kaggle.${verb};`) - 1)).toBe(docs);

    const call = await editor.call(endOf(`\n${verb}(`));
    const bound = await editor.call(endOf(`; kaggle.${verb}(`));
    expect(withoutClient(call.docs).length).toBeGreaterThan(20);
    expect(bound).toEqual({
      docs: withoutClient(call.docs),
      parameters: call.parameters.filter(([name]) => name !== 'client'),
    });
  });

  test.each([
    'kernels.push',
    'datasets.createOrVersion',
  ])('completes the members that %s takes, with docs', async (verb) => {
    const members = await editor.completions(endOf(`\nkaggle.${verb}({`));
    expect(members.size).toBeGreaterThan(5);
    expect([...members].filter(([, docs]) => docs === '').map(([name]) => name)).toEqual([]);
  });

  test('completes the machines for machineShape, which its docs describe', async () => {
    const shapes = [...(await editor.completions(endOf("machineShape: '"))).keys()];
    expect(shapes).toEqual(expect.arrayContaining(['NvidiaTeslaT4', 'TpuV5E8']));
    expect(shapes).not.toContain('NvidiaTeslaP100');
    const docs = (await editor.completions(endOf('\nkaggle.kernels.push({'))).get('machineShape');
    for (const shape of shapes) expect(docs).toMatch(new RegExp(`\\b${shape}\\b\\W+\\w`));
  });
});

/** The options of bound functions, as `kernels.push: signal`, and whether they have docs. */
function boundOptions(): [option: string, hasDocs: boolean][] {
  const file = join(root, 'dist/kaggle.d.ts');
  const settings = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ESNext, strict: true, types: [] };
  const program = ts.createProgram([file], settings);
  const checker = program.getTypeChecker();
  const bound = program.getSourceFile(file)!.statements.find(ts.isInterfaceDeclaration)!;
  const typeOf = (type: ts.Type, name: string) => checker.getTypeOfSymbol(type.getProperty(name)!);
  return verbs.flatMap((verb) => {
    const [area, name] = verb.split('.') as [string, string];
    const call = typeOf(typeOf(checker.getTypeAtLocation(bound), area), name).getCallSignatures()[0]!;
    const options = call.getParameters().filter((parameter) => parameter.name === 'options');
    return options
      .flatMap((parameter) => checker.getNonNullableType(checker.getTypeOfSymbol(parameter)).getProperties())
      .map((member) => {
        const docs = [...member.getDocumentationComment(checker), ...member.getJsDocTags(checker)];
        return [`${verb}: ${member.name}`, docs.length > 0];
      });
  });
}

test('every option of every bound function has docs', () => {
  const options = boundOptions();
  expect(options.length).toBeGreaterThan(80);
  expect(options.filter(([, hasDocs]) => !hasDocs).map(([option]) => option)).toEqual([]);
});
