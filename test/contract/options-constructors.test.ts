import { afterEach, describe, expect, test, vi } from 'vitest';
import * as browser from '../../src/browser.ts';
import { ValidationError } from '../../src/core/errors.ts';
import type { ClientOptions } from '../../src/core/rpc/client.ts';
import * as node from '../../src/node.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { getKernelSessionStatus } from '../../src/services/kernels/generated/methods.ts';
import * as workers from '../../src/workers.ts';

function refusal(act: () => unknown): ValidationError {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(ValidationError);
    return error as ValidationError;
  }
  throw new Error('nothing was refused');
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe.each<[string, (options: object) => unknown]>([
  ['createClient', node.createClient],
  ['browserPlatform', browser.browserPlatform],
  ['workersPlatform', workers.workersPlatform],
  ['memoryPlatform', memoryPlatform],
  ['countSubrequests', (options) => workers.countSubrequests({ limit: 1, ...options })],
])('%s', (name, make) => {
  const { message } = refusal(() => make({ wxyzwxyz: 1 }));
  const known = /^\w+: wxyzwxyz: no such option; expected one of ([\w, ]+)$/.exec(message)![1]!.split(', ');

  test('knows its options, and names the one that is meant', () => {
    for (const option of known) {
      for (const written of [snake(option), option.toUpperCase(), `${option}s`, option.slice(1)]) {
        if (known.includes(written)) continue;
        const { message, issues } = refusal(() => make({ [written]: 1 }));
        expect(message).toMatch(`${name}: ${written}: no such option; did you mean `);
        expect(issues[0]!.path).toBe(written);
      }
      expect(refusal(() => make({ [snake(option).toUpperCase()]: 1 })).message).toContain(`did you mean ${option}?`);
    }
  });

  test('refuses values of another type, and shows none', () => {
    for (const option of known) {
      const { message } = refusal(() => make({ [option]: Symbol('KGAT_secret') }));
      expect(message).toMatch(new RegExp(`^${name}: ${option}: expected .*, got a symbol$`));
      expect(refusal(() => make({ [option]: null })).message).toMatch(/expected .*, got null$/);
    }
  });

  test('undefined counts as absent', () => {
    make(Object.fromEntries(known.filter((option) => option !== 'limit').map((option) => [option, undefined])));
    make({ unknown: undefined });
  });
});

describe.each<[string, (options: never) => unknown]>([
  ['browserPlatform', browser.browserPlatform],
  ['createClient', node.createClient],
  ['createClient', browser.createClient],
  ['createClient', workers.createClient],
  ['createClient', node.createKaggle],
])('%s', (name, make) => {
  test.each([null, 'memory'])('refuses options that are no object: %j', (options) => {
    const { message } = refusal(() => make(options as never));
    expect(message).toBe(`${name}: options: expected an object, got ${options === null ? 'null' : 'a string'}`);
  });
});

describe('createClient', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('an undefined platform is that of the runtime', () => {
    for (const [create, name] of [
      [node.createClient, 'node'],
      [browser.createClient, 'browser'],
      [workers.createClient, 'workers'],
    ] as const)
      expect(create({ platform: undefined } as ClientOptions).platform.name).toBe(name);
  });

  test.each<[object, string]>([
    [{ retry: -1 }, 'retry: expected a number of at least 0, got -1'],
    [{ timeout: Number.NaN }, 'timeout: expected a number of at least 0, got NaN'],
    [{ retry: true }, 'retry: expected a number or false, got a boolean'],
    [{ token: 5 }, 'token: expected a string or a function, got a number'],
    [{ platform: memoryPlatform }, 'platform: expected an object, got a function'],
    [{ tokn: 'KGAT_secret' }, 'tokn: no such option; did you mean token?'],
    [{ baseUrl: 'http://x' }, 'baseUrl: no such option; expected one of token, username, key, credential, endpoint'],
    [{ endpoint: 'localhost:7777' }, 'endpoint: expected an http:// or https:// URL, got "localhost:7777"'],
    [{ endpoint: 'ftp://x' }, 'endpoint: expected an http:// or https:// URL, got "ftp://x"'],
    [{ endpoint: '/kaggle' }, 'endpoint: expected an http:// or https:// URL, got "/kaggle"'],
    [{ endpoint: 'KGAT_secret0123456789' }, 'endpoint: expected an http:// or https:// URL'],
    [{ environment: 'prd' }, 'environment: expected one of PROD'],
  ])('%j', (options, expected) => {
    const { message } = refusal(() => node.createClient(options as ClientOptions));
    expect(message).toContain(expected);
    expect(message).not.toContain('secret');
  });

  test('in a page the endpoint may be a path of its origin', () => {
    vi.stubGlobal('location', { origin: 'https://app.example' });
    expect(browser.createClient({ endpoint: '/kaggle' }).baseUrl).toBe('https://app.example/kaggle');
    expect(browser.createClient({ endpoint: '/' }).baseUrl).toBe('https://app.example/api/v1');
    expect(browser.createClient({ endpoint: new URL('http://localhost:7777') }).baseUrl).toBe(
      'http://localhost:7777/api/v1',
    );
  });

  test('calls refuse options that are none, before anything is sent', async () => {
    const fetch = vi.fn();
    const client = node.createClient({ fetch, token: 'KGAT_test' });
    const request = { userName: 'a', kernelSlug: 'b' };
    for (const act of [
      () => client.call(getKernelSessionStatus, request, { timeOut: 5 } as never),
      () => client.call('kernels.KernelsApiService', 'ListKernels', {}, { time_out: 5 } as never),
      () => client.callRaw(getKernelSessionStatus, request, { timeouts: 5 } as never),
      () => client.whoAmI({ timeou: 5 } as never),
    ]) {
      await expect(act()).rejects.toThrow('no such option; did you mean timeout?');
    }
    await expect(client.call(getKernelSessionStatus, request, { retry: '1' } as never)).rejects.toThrow(
      'retry: expected',
    );
    await expect(client.call(undefined as never, request)).rejects.toThrow(
      'call: expected a method from kaggle-ts/services',
    );
    await expect(client.call(getKernelSessionStatus, { ...request, user_name: 1 } as never)).rejects.toThrow(
      'user_name: kernels.ApiGetKernelSessionStatusRequest has no such field; did you mean userName?',
    );
    expect(fetch).not.toHaveBeenCalled();
  });
});

test('a binding that is missing is said at once', () => {
  expect(refusal(() => workers.kvState(undefined as never)).message).toContain('kvState: expected a KV namespace');
});
