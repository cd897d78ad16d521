import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../src/core/errors.ts';
import { getKernelSessionStatus } from '../../src/services/kernels/generated/methods.ts';
import {
  createEmulator,
  type EmulatorOptions,
  type Fixtures,
  pyodideExecutor,
  python3Executor,
  type ServeOptions,
  scriptedExecutor,
  serveEmulator,
} from '../../src/testing/index.ts';
import { handlers, mock, mockError } from '../../src/testing/msw.ts';

async function refusal(act: () => unknown): Promise<ValidationError> {
  const error = await (async () => act())().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ValidationError);
  return error as ValidationError;
}

const executor = scriptedExecutor(() => ({}));

describe.each<[string, (options: object) => unknown]>([
  ['createEmulator', (options) => createEmulator(options)],
  ['serveEmulator', (options) => serveEmulator(options)],
  ['pyodideExecutor', (options) => pyodideExecutor(options)],
  ['python3Executor', (options) => python3Executor(options)],
  ['handlers', (options) => handlers(createEmulator({ executor }), options)],
  ['mockError', (options) => mockError(getKernelSessionStatus, { status: 500, ...options })],
])('%s', (name, make) => {
  test('knows its options, their names and their types', async () => {
    const { message } = await refusal(() => make({ wxyzwxyz: 1 }));
    const known = /^\w+: wxyzwxyz: no such option; expected one of ([\w, ]+)$/.exec(message)![1]!.split(', ');
    for (const option of known) {
      const misspelt = await refusal(() => make({ [`${option}_`.toUpperCase()]: 1 }));
      expect(misspelt.message).toContain(`no such option; did you mean ${option}?`);
      const wrong = await refusal(() => make({ [option]: Symbol('wrong') }));
      expect(wrong.message).toContain(`${name}: ${option}: expected `);
    }
  });
});

test.each<[EmulatorOptions, string]>([
  [{ lag: -1 }, 'lag: expected a number of milliseconds of at least 0, got -1'],
  [{ concurrency: 1.5 }, 'concurrency: expected a whole number of at least 0, got 1.5'],
  [{ mounts: 'old' as 'legacy' }, 'mounts: expected one of owner, both, legacy, got "old"'],
  [
    { users: [{ username: 'carol', userId: 9, tokn: 'x' } as never] },
    'users[0].tokn: no such option; did you mean token?',
  ],
  [
    { executor: (() => ({})) as never },
    'executor: expected an executor, such as scriptedExecutor(...), got a function',
  ],
  [{ fixtures: 5 as never }, 'fixtures: expected the path of a folder, or { users, datasets, kernels }, got 5'],
])('createEmulator(%j)', async (options, message) => {
  expect((await refusal(() => createEmulator(options))).message).toContain(message);
});

test.each<[Fixtures, string]>([
  [{ dataset: [] } as Fixtures, 'dataset: no such option; did you mean datasets?'],
  [
    { datasets: [{ owner: 'a', slug: 'my-data', titel: 'x' } as never] },
    'datasets[0].titel: no such option; did you mean title?',
  ],
  [{ datasets: [{ owner: 'a' } as never] }, 'datasets[0].slug is missing'],
  [{ kernels: [{ owner: 'a', slug: 'my-job', text: 5 as never }] }, 'kernels[0].text: expected a string, got 5'],
  [
    {
      kernels: [{ owner: 'a', slug: 'my-job', text: 'x', log: [{ stream_nam: 'stdout', time: 0, data: '' } as never] }],
    },
    'kernels[0].log[0].stream_name is missing; kernels[0].log[0].stream_nam: no such option; did you mean stream_name?',
  ],
])('fixtures %j', async (fixtures, message) => {
  expect((await refusal(() => createEmulator({ executor, fixtures }).ready)).message).toContain(`fixtures: ${message}`);
});

test('an existing emulator keeps its own options', async () => {
  const emulator = createEmulator({ executor });
  const { message } = await refusal(() => serveEmulator({ emulator, lag: 5 } as ServeOptions));
  expect(message).toBe('serveEmulator: lag: belongs to createEmulator; an existing emulator keeps its own options');
  const served = await serveEmulator({ emulator, lag: undefined } as ServeOptions);
  await served.close();
});

test('folders may be file: URLs', async () => {
  const url = new URL('./no-such-folder/', import.meta.url);
  const { message } = await refusal(() => createEmulator({ executor, fixtures: url }).ready);
  expect(message).toContain('no-such-folder');
  expect(message).toContain('fixtures: no such folder');
});

test('an argument of the wrong type is named', async () => {
  expect((await refusal(() => handlers({} as never))).message).toContain('handlers: expected an emulator');
  expect((await refusal(() => scriptedExecutor({} as never))).message).toContain(
    'scriptedExecutor: expected a function',
  );
  const method = 'mock: expected a method, such as getKernel from kaggle-ts/services/kernels, got undefined';
  expect((await refusal(() => mock(undefined as never, () => ({})))).message).toBe(method);
  const resolver = await refusal(() => mock(getKernelSessionStatus, {} as never));
  expect(resolver.message).toBe('mock: expected a resolver, such as () => ({ ... }), got an object');
  expect((await refusal(() => mockError({} as never, { status: 500 }))).message).toContain(
    'mockError: expected a method',
  );
});
