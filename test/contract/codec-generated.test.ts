import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../scripts/generate/files.ts';
import { areaOf, areas, constName, typeName } from '../../scripts/generate/names.ts';
import type { Method } from '../../src/core/rpc/method.ts';
import { contract, messageOf, messageSchema, methods, node, schemaNames } from './codec-support.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Makes esbuild assume that our files have side effects. */
const assumeSideEffects: Plugin = {
  name: 'assume-side-effects',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => ({ path: resolve(resolveDir, path), sideEffects: true }));
  },
};

/** The generated files in a bundle of `source`, and all that esbuild read for it. */
async function bundled(
  source: string,
  sideEffects?: boolean,
): Promise<{ used: string[]; read: string[]; text: string }> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    minify: true,
    metafile: true,
    write: false,
    plugins: sideEffects ? [assumeSideEffects] : [],
  });
  const generated = (inputs: object): string[] => Object.keys(inputs).filter((path) => path.includes('/generated/'));
  const [output] = Object.values(metafile.outputs);
  return { used: generated(output?.inputs ?? {}), read: generated(metafile.inputs), text: outputFiles[0]?.text ?? '' };
}

describe('the generated code', () => {
  it('is up to date', () => {
    const { status, stderr } = spawnSync(node, ['scripts/generate.ts', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it("has exactly the services and methods of the contract, under Kaggle's names", async () => {
    const expected = Object.entries(contract.services).flatMap(([service, entries]) =>
      Object.keys(entries).map((name) => `${service}/${name} as ${constName(name)} of ${areaOf(service)}`),
    );
    const found: string[] = [];
    for (const area of areas(contract)) {
      const exports: Record<string, Method> = await import(`../../src/services/${area}/generated/index.ts`);
      for (const [name, value] of Object.entries(exports)) {
        if ('service' in value) found.push(`${value.service}/${value.name} as ${name} of ${area}`);
      }
    }
    expect(found.sort()).toEqual(expected.sort());
  });

  it('has exactly one schema and one type for each message and enum', () => {
    const names = [...Object.keys(contract.messages), ...Object.keys(contract.enums)].sort();
    expect(schemaNames).toEqual(names);
    const types = areas(contract).flatMap((area) => {
      const text = readFileSync(`${root}src/services/${area}/generated/types.ts`, 'utf8');
      return [...text.matchAll(/^export (?:interface|type) (\w+) /gm)].map(([, name]) => `${area}.${name}`);
    });
    expect(types.sort()).toEqual(names.map((name) => `${areaOf(name)}.${typeName(name)}`).sort());
  });

  it('refuses two members of a oneof', () => {
    const groups = Object.entries(contract.messages).flatMap(([name, { oneofs = [] }]) =>
      oneofs.map((group) => ({ name, group })),
    );
    expect(groups.length).toBeGreaterThan(0);
    for (const { name, group } of groups) {
      const values = Object.fromEntries(
        group.map((field) => [field, zeroOf(messageOf(name).fields.find((one) => one.name === field)?.type)]),
      );
      expect(() => messageSchema(name).encode(values)).toThrow(`only one of ${group.join(', ')} may be set`);
    }
  });

  it('has the request and response types of the contract', () => {
    for (const method of methods.values()) {
      const entry = contract.services[method.service]?.[method.name];
      expect(method.request.messageName).toBe(entry?.request);
      if (method.raw) expect(entry?.response).toMatch(/^common\.(FileDownload|HttpRedirect)$/);
      else expect(method.response?.messageName ?? null).toBe(entry?.response);
    }
    expect([...methods.values()].some((method) => method.raw)).toBe(true);
  });

  it('follows the contract, and refuses ambiguous names', () => {
    const changed = structuredClone(contract);
    changed.messages['kernels.ApiNew'] = { fields: [{ name: 'x', type: { map: 'string' }, optional: true }] };
    const file = generatedFiles(changed).get('kernels/generated/schemas.ts');
    expect(file).toContain('x: optional(map(string)),');
    changed.messages['kernels.Api.New'] = { fields: [] };
    expect(() => generatedFiles(changed)).toThrow(
      'kernels.ApiNew and kernels.Api.New are both called ApiNew in kernels'.replace(
        'kernels.ApiNew and kernels.Api.New',
        'kernels.Api.New and kernels.ApiNew',
      ),
    );
  });
});

describe('bundles', () => {
  it('of one method contain code of one area, and only what the method needs', async () => {
    for (const [area, method] of [
      ['kernels', 'getKernelSessionStatus'],
      ['kernels', 'createKernelSession'],
      ['discussions', 'getTopic'],
      ['search', 'listEntities'],
    ] as const) {
      const { used, read } = await bundled(
        `import { ${method} } from './src/services/${area}/generated/index.ts'; console.log(${method})`,
      );
      expect(used.length).toBeGreaterThan(0);
      expect([...used, ...read].filter((path) => !path.startsWith(`src/services/${area}/`))).toEqual([]);
    }
  });

  it('omit unused methods and schemas', async () => {
    const { text } = await bundled(
      `import { getKernelSessionStatus as m } from './src/services/kernels/generated/index.ts'; console.log(m)`,
    );
    expect(text).toContain('GetKernelSessionStatus');
    expect(text).not.toContain('ListKernels');
    expect(text.match(/ApiGetKernelSessionStatus\w+/g)?.sort()).toEqual([
      'ApiGetKernelSessionStatusRequest',
      'ApiGetKernelSessionStatusResponse',
    ]);
  });

  it('are empty if nothing is used, even if the bundler ignores `sideEffects` in package.json', async () => {
    const all = areas(contract).map((area) => `import './src/services/${area}/generated/index.ts';`);
    const { read, text } = await bundled(all.join('\n'), true);
    expect(read.length).toBeGreaterThan(60);
    expect(text).toBe('');
  });
});

/** A value that a member of a oneof can have. */
function zeroOf(type: unknown): unknown {
  if (typeof type === 'object' && type !== null && 'enum' in type) return contract.enums[type.enum as string]?.[0];
  if (type === 'integer' || type === 'number') return 0;
  return type === 'string' ? '' : type === 'boolean' ? false : {};
}
