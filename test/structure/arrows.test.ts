import { describe, expect, test } from 'vitest';
import { filesBelow, type Import, importsOf, read, withoutComments } from './source-files.ts';

const sources = filesBelow('src', '.ts');
const all = sources.flatMap(importsOf);

/** The room that a file of ours is in; entries stand directly in `src`. */
function room(path: string): string {
  const [, first, second] = path.split('/');
  return second === undefined ? 'entry' : first!;
}

/** Which rooms the files of a room may import. The entries wire everything together. */
const allowed: Record<string, readonly string[]> = {
  core: ['core'],
  services: ['services', 'core'],
  platform: ['platform', 'core'],
  proxy: ['proxy', 'core', 'services'],
  react: ['react', 'core', 'services'],
  testing: ['testing', 'core', 'services', 'platform'],
};

/** The floors of the core: a room imports from floors below its own only. */
const floors = [
  ['files'],
  ['bytes', 'hash', 'slug'],
  ['codec', 'auth'],
  ['options'],
  ['rpc'],
  ['transfer'],
  ['archive'],
];
const part = (path: string) => (path.split('/').length === 3 ? 'files' : path.split('/')[2]!);
const floor = (path: string) => floors.findIndex((names) => names.includes(part(path)));

/** What works on values alone, whoever asks for it: the two lowest floors. Platforms share it with the core. */
const isLeaf = (path: string) => room(path) === 'core' && (floor(path) === 0 || floor(path) === 1);

const show = ({ from, to }: Import) => `${from} -> ${to}`;
const own = all.filter((item) => item.to.startsWith('src/'));

describe('arrows', () => {
  test('the imports are found', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(own.length).toBeGreaterThan(sources.length);
  });

  test('every relative import names an existing file with its extension', () => {
    expect(own.filter(({ to }) => !sources.includes(to)).map(show)).toEqual([]);
  });

  test.each(Object.keys(allowed))('%s imports only what it may', (name) => {
    const wrong = own.filter(({ from, to }) => room(from) === name && !allowed[name]!.includes(room(to)));
    expect(wrong.map(show)).toEqual([]);
  });

  test('no directory of the core imports from its own layer or a higher one', () => {
    const inside = own.filter(
      ({ from, to }) => room(from) === 'core' && room(to) === 'core' && part(from) !== part(to),
    );
    expect(inside.length).toBeGreaterThan(50);
    expect(inside.filter(({ from, to }) => floor(to) < 0 || floor(from) <= floor(to)).map(show)).toEqual([]);
  });

  test('services import other areas only through their index or generated methods, and versions imports only the core', () => {
    const area = (path: string) => path.split('/')[2]!;
    const between = own.filter(
      ({ from, to }) => room(from) === 'services' && room(to) === 'services' && area(from) !== area(to),
    );
    const written = between.filter(({ from }) => !from.includes('/generated/'));
    expect(written.map(show)).toContain('src/services/datasets/versioned.ts -> src/services/versions/index.ts');
    expect(written.filter(({ to }) => !/^src\/services\/\w+\/(?:generated\/)?index\.ts$/.test(to)).map(show)).toEqual(
      [],
    );
    expect(between.filter(({ from }) => area(from) === 'versions').map(show)).toEqual([]);
  });

  test('outside of an area, only its index, methods and types are imported: the rest is not a separate file in dist', () => {
    const from = own.filter(({ from, to }) => room(from) !== 'services' && room(to) === 'services');
    expect(from.length).toBeGreaterThan(20);
    const inside = from.filter(({ to, typeOnly }) => !typeOnly && !/\/(?:index|generated\/\w+)\.ts$/.test(to));
    expect(inside.map(show)).toEqual([]);
  });

  test('datasets/download imports little of its area, and only the index imports it', () => {
    const [area, down] = ['src/services/datasets/', 'src/services/datasets/download/'];
    const shared = ['ref.ts', 'list-files.ts', 'generated/index.ts'].map((name) => area + name);
    const crossing = own.filter(
      ({ from, to }) => from.startsWith(area) && to.startsWith(area) && from.startsWith(down) !== to.startsWith(down),
    );
    expect(crossing.length).toBeGreaterThan(5);
    const wrong = crossing.filter(({ from, to }) => from !== `${area}index.ts` && !shared.includes(to));
    expect(wrong.map(show)).toEqual([]);
  });

  test('no directory of kernels imports from its own layer or a higher one', () => {
    const floors = [
      ['common'],
      ['push', 'watch'],
      ['log', 'output'],
      ['events'],
      ['verbs'],
      ['job'],
      ['map'],
      ['gpu'],
      ['index'],
    ];
    // What every directory uses; the other files directly in the folder are verbs, which `job` uses too.
    const common = ['run-ref.ts', 'generated'];
    const part = (path: string) => {
      const [, name, below] = /^src\/services\/kernels\/([^/]+)(\/)?/.exec(path) ?? [];
      if (name === undefined || name === 'index.ts') return name && 'index';
      return common.includes(name) ? 'common' : below ? name : 'verbs';
    };
    const floor = (path: string) => floors.findIndex((names) => names.includes(part(path)!));
    const inside = own.filter(({ from, to }) => part(from) && part(to) && part(from) !== part(to));
    expect(inside.length).toBeGreaterThan(30);
    expect(inside.filter(({ from, to }) => floor(to) < 0 || floor(from) <= floor(to)).map(show)).toEqual([]);
  });

  test.each([
    ['archive', 'zip|tar', ''],
    ['transfer', 'upload|download|remote|ranged', 'ranged'],
  ])('the rooms of %s (%s) do not know each other, but for %s', (name, rooms, shared) => {
    const part = (path: string) => new RegExp(`^src/core/${name}/(${rooms})/`).exec(path)?.[1];
    const crossing = own.filter(({ from, to }) => part(from) && part(to) && part(from) !== part(to));
    const wrong = crossing.filter(({ from, to }) => part(to) !== shared || part(from) === 'upload');
    expect(wrong.map(show)).toEqual([]);
  });

  test('platforms import only leaves and types of the core', () => {
    const wrong = own.filter(
      ({ from, to, typeOnly }) => room(from) === 'platform' && room(to) === 'core' && !typeOnly && !isLeaf(to),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  test('a leaf imports nothing but other leaves', () => {
    const wrong = all.filter(({ from, to, typeOnly }) => isLeaf(from) && !typeOnly && !isLeaf(to));
    expect(wrong.map(show)).toEqual([]);
  });

  test('one platform does not import another', () => {
    // Bun has Node's modules, and its platform falls back to them.
    const shared = ['memory', 'common', 'everywhere.ts', 'node'];
    const name = (path: string) => path.split('/')[2]!;
    const wrong = own.filter(
      ({ from, to }) =>
        room(from) === 'platform' && room(to) === 'platform' && name(from) !== name(to) && !shared.includes(name(to)),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  test('there are no import cycles at run time', () => {
    const next = new Map<string, string[]>();
    for (const { from, to, typeOnly } of own) {
      if (!typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
    }
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]) => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      else if (!done.has(file)) {
        for (const target of next.get(file) ?? []) visit(target, [...path, file]);
        done.add(file);
      }
    };
    for (const file of sources) visit(file, []);
    // Messages of several areas refer to each other; their schemas are thunks, so that the order does not matter.
    expect(cycles.filter((cycle) => !/^src\/services\/\w+\/generated\//.test(cycle))).toEqual([]);
  });

  test('only the directories of the emulator that use folders import platform/common', () => {
    const wrong = own.filter(
      ({ from, to }) =>
        room(from) === 'testing' &&
        room(to) === 'platform' &&
        !(/^src\/testing\/(?:data|fixtures)\//.test(from) && to.startsWith('src/platform/common/')),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  test('one file imports ky, and only code with schemas imports valibot', () => {
    const runtime = all.filter(({ typeOnly }) => !typeOnly);
    expect(runtime.filter(({ to }) => to === 'ky').map(({ from }) => from)).toEqual(['src/core/rpc/http.ts']);
    const valibot = runtime.filter(({ to }) => to === 'valibot' || to.startsWith('valibot/')).map(({ from }) => from);
    expect(
      valibot.filter(
        (path) => !/^src\/core\/(?:codec|options)\/|\/generated\/|^src\/testing\/(?:data|fixtures)\//.test(path),
      ),
    ).toEqual([]);
  });

  test('core and services import nothing but ky and valibot from outside', () => {
    const wrong = all.filter(
      ({ from, to }) =>
        ['core', 'services'].includes(room(from)) && !to.startsWith('src/') && !['ky', 'valibot'].includes(to),
    );
    expect(wrong.map(show)).toEqual([]);
  });
});

/** Names of a runtime's own, which are not there on others. */
const runtimeGlobals = /\b(?:Deno|Bun|process|Buffer|__dirname|__filename|setImmediate|require)\b\s*[.([]/g;

test('core, services, proxy and react use no runtime globals', () => {
  const wrong = sources
    .filter((path) => ['core', 'services', 'proxy', 'react'].includes(room(path)))
    .flatMap((path) => {
      const code = withoutComments(read(path)).replace(/`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'/g, "''");
      return (code.match(runtimeGlobals) ?? []).map((name) => `${path}: ${name}`);
    });
  expect(wrong).toEqual([]);
});

test.each(['proxy', 'react'])('nothing imports %s', (name) => {
  expect(own.filter(({ from, to }) => room(from) !== name && room(to) === name).map(show)).toEqual([]);
});

test('one file imports React', () => {
  const importing = all.filter(({ to }) => /^(?:react|preact)(?:$|[-/])/.test(to)).map(({ from }) => from);
  expect(importing).toEqual(['src/react/index.ts']);
});

test('the name of a platform is used in messages only', () => {
  const inMessage = /\$\{[\w.]*\bplatform\.name\}/g;
  const decides = /\bplatform\??\.name\b|(?:[!=]==|\bcase)\s*'(?:node|deno|bun|workers|browser|memory)'/;
  const texts = sources.map((path) => [path, withoutComments(read(path))] as const);
  expect(texts.filter(([, text]) => inMessage.test(text)).length).toBeGreaterThan(0);
  expect(texts.filter(([, text]) => decides.test(text.replace(inMessage, ''))).map(([path]) => path)).toEqual([]);
});
