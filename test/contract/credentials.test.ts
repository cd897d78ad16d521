import { describe, expect, it } from 'vitest';
import { resolveCredential } from '../../src/core/auth/resolve.ts';
import { fileError } from '../../src/core/bytes/file-error.ts';
import { AuthenticationError, ValidationError } from '../../src/core/errors.ts';
import type { FileSystem, Platform } from '../../src/core/platform.ts';
import type { ClientOptions } from '../../src/core/rpc/client.ts';
import { createClient as createCoreClient } from '../../src/core/rpc/create-client.ts';
import { browserPlatform } from '../../src/platform/browser/index.ts';
import { workersPlatform } from '../../src/platform/workers/index.ts';

const createClient = (options: ClientOptions = {}) => createCoreClient(options, resolveCredential);
const notebook = { KAGGLE_KERNEL_RUN_TYPE: 'Interactive', KAGGLE_DATA_PROXY_URL: 'https://proxy.test' };

function platform(env: Record<string, string>, files: Record<string, string> = {}): Platform {
  const fs = { readText: async (path: string) => files[path], join: (...parts: string[]) => parts.join('/') };
  return {
    name: 'memory',
    concurrency: 1,
    env: (name) => env[name],
    home: () => '/home/u',
    fs: fs as unknown as FileSystem,
  };
}

/** The Authorization that a call with these options sends. */
async function sent(options: Parameters<typeof createClient>[0]): Promise<string | null> {
  let header: string | null = null;
  const client = createClient({
    ...options,
    fetch: async (request) => {
      header = request.headers.get('authorization');
      return Response.json({});
    },
  });
  await client.call('any.Service', 'Method');
  return header;
}

const all = {
  '/run/token': 'KGAT_notebook\n',
  '/home/u/.kaggle/access_token': 'KGAT_file',
  '/home/u/.kaggle/access_token.txt': 'KGAT_text',
  '/home/u/.kaggle/kaggle.json': '{"username":"ju","key":"jk"}',
};
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(all).filter(([path]) => !names.some((name) => path.endsWith(name))));

describe('the order of credentials', () => {
  const pair = { KAGGLE_USERNAME: 'u', KAGGLE_KEY: 'p' };
  const everything = { ...notebook, KAGGLE_API_V1_TOKEN: '/run/token', KAGGLE_API_TOKEN: 'KGAT_env', ...pair };
  it.each([
    ['an explicit token', { token: 'KGAT_arg', platform: platform(everything, all) }, 'Bearer KGAT_arg'],
    ['the token file of a notebook', { platform: platform(everything, all) }, 'Bearer KGAT_notebook'],
    [
      'KAGGLE_API_TOKEN as a value',
      { platform: platform({ KAGGLE_API_TOKEN: 'KGAT_env', ...pair }, all) },
      'Bearer KGAT_env',
    ],
    [
      'KAGGLE_API_TOKEN as a path',
      { platform: platform({ KAGGLE_API_TOKEN: '/run/token', ...pair }, all) },
      'Bearer KGAT_notebook',
    ],
    ['access_token', { platform: platform(pair, all) }, 'Bearer KGAT_file'],
    ['access_token.txt', { platform: platform(pair, without('access_token')) }, 'Bearer KGAT_text'],
    [
      'user name and key of the environment',
      { platform: platform(pair, without('access_token', '.txt')) },
      'Basic dTpw',
    ],
    ['kaggle.json', { platform: platform({}, without('access_token', '.txt')) }, 'Basic anU6ams='],
    ['nothing', { platform: platform({}) }, null],
    ['no platform', {}, null],
    ['an explicit pair', { username: 'u', key: 'p', platform: platform(everything, all) }, 'Basic dTpw'],
    ['a function', { token: async () => 'KGAT_fn' }, 'Bearer KGAT_fn'],
  ])('%s', async (_name, options, header) => {
    expect(await sent(options)).toBe(header);
  });

  it.each([
    ['KAGGLE_CONFIG_DIR', { KAGGLE_CONFIG_DIR: '/etc/k' }, '/etc/k/kaggle.json'],
    ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/x' }, '/x/kaggle/kaggle.json'],
    ['~/.config', {}, '/home/u/.config/kaggle/kaggle.json'],
  ])('kaggle.json is found by %s', async (_name, env, path) => {
    expect(
      await sent({ platform: platform(env as Record<string, string>, { [path]: '{"username":"u","key":"p"}' }) }),
    ).toBe('Basic dTpw');
  });

  it('reads nothing before the first call', () => {
    const touchy = {
      name: 'memory',
      concurrency: 1,
      fs: new Proxy({}, { get: () => expect.fail('read a file') }),
    } as unknown as Platform;
    expect(createClient({ platform: touchy }).baseUrl).toBe('https://api.kaggle.com/v1');
  });
});

describe('bad credentials', () => {
  it.each([
    ['an empty token', { token: ' ' }],
    ['a token with a line break inside', { token: 'KGAT_a\nX: y' }],
    ['a user name without a key', { username: 'u' }],
  ])('%s is refused', (_name, options) => {
    expect(() => createClient(options)).toThrow(ValidationError);
  });

  it('a broken kaggle.json is named, its content is not', async () => {
    const error = await sent({ platform: platform({}, { '/home/u/.kaggle/kaggle.json': '{"key":"topsecret' }) }).catch(
      (e: Error) => e,
    );
    expect(error).toBeInstanceOf(ValidationError);
    expect(String(error)).toContain('kaggle.json');
    expect(String(error)).not.toContain('topsecret');
  });
});

describe('who am I', () => {
  const answering = (body: unknown, options = {}) =>
    createClient({ token: 'KGAT_test', ...options, fetch: async () => Response.json(body) });

  it('is the user of the token', async () => {
    const client = answering({ active: true, username: 'alice', userId: 7, scope: 'x', exp: 1 });
    expect(await client.whoAmI()).toBe('alice');
    expect(await client.introspect()).toEqual({ active: true, username: 'alice', userId: 7 });
    expect(await client.token()).toBe('KGAT_test');
  });

  it('asks another method for a user name and key', async () => {
    const client = answering({ userName: 'alice' }, { token: undefined, username: 'alice', key: 'k' });
    expect(await client.whoAmI()).toBe('alice');
    expect(await client.token()).toBeUndefined();
  });

  it('is an error for a token that is not active, and without any', async () => {
    await expect(answering({ active: false }).whoAmI()).rejects.toThrow(AuthenticationError);
    await expect(createClient().whoAmI()).rejects.toThrow(AuthenticationError);
  });
});

describe('environments', () => {
  it.each([
    ['PROD', 'https://api.kaggle.com/v1'],
    ['LOCALHOST', 'http://localhost/api/v1'],
    ['TEST', 'http://localhost:7777/api/v1'],
    ['QA', 'https://qa.kaggle.com/api/v1'],
  ] as const)('%s', (environment, base) => {
    expect(createClient({ environment }).baseUrl).toBe(base);
    expect(createClient({ platform: platform({ KAGGLE_API_ENVIRONMENT: environment }) }).baseUrl).toBe(base);
  });

  it.each(['STAGING', 'ADMIN'] as const)('%s needs the token of its proxy, and sends it', async (environment) => {
    expect(() => createClient({ environment })).toThrow('KAGGLE_IAP_TOKEN');
    let proxy: string | null = null;
    const client = createClient({
      environment,
      platform: platform({ KAGGLE_IAP_TOKEN: 'iap' }),
      fetch: async (request) => {
        proxy = request.headers.get('proxy-authorization');
        return Response.json({ to: request.url });
      },
    });
    expect(await client.call('a.B', 'C')).toEqual({
      to: `https://${environment.toLowerCase()}.kaggle.com/api/v1/a.B/C`,
    });
    expect(proxy).toBe('Bearer iap');
  });

  it.each([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/api/v1'],
    ['http://127.0.0.1:8080/v1/', 'http://127.0.0.1:8080/v1'],
    ['https://api.kaggle.com', 'https://api.kaggle.com/v1'],
  ])('endpoint %s', (endpoint, base) => {
    expect(createClient({ endpoint }).baseUrl).toBe(base);
  });

  it.each(['nonsense', 'ftp://x', 'https://u:p@x', 'https://x/?q'])('endpoint %s is refused', (endpoint) => {
    expect(() => createClient({ endpoint })).toThrow(ValidationError);
  });

  it('an unknown environment is refused', () => {
    expect(() => createClient({ environment: 'NOWHERE' as never })).toThrow('one of PROD');
  });
});

it.each([
  ['alone', {}],
  ['without the address of its proxy', { KAGGLE_KERNEL_RUN_TYPE: 'Batch' }],
  ['without the sort of its run', { KAGGLE_DATA_PROXY_URL: 'https://proxy.test' }],
])('the token file of a notebook counts only inside of one: KAGGLE_API_V1_TOKEN %s', async (_how, env) => {
  const at = platform({ KAGGLE_API_V1_TOKEN: '/run/token', ...env }, { '/run/token': 'KGAT_notebook' });
  expect(await sent({ platform: at })).toBeNull();
});

describe('a credential that cannot be one is refused before anything is sent, and not shown', () => {
  const unreadable = (code: string) => {
    const base = platform({ KAGGLE_API_TOKEN: '/run/secrets' });
    const readText = async (path: string) => {
      throw fileError('read', path, Object.assign(new Error(code), { code }));
    };
    return { ...base, fs: { ...base.fs, readText } as unknown as FileSystem };
  };
  it.each<[string, ClientOptions, RegExp]>([
    ['a folder', { platform: unreadable('EISDIR') }, /KAGGLE_API_TOKEN.*\/run\/secrets.*folder/],
    ['a file that may not be read', { platform: unreadable('EACCES') }, /KAGGLE_API_TOKEN.*permission denied/],
    [
      'an empty file',
      { platform: platform({ KAGGLE_API_TOKEN: 't.txt' }, { 't.txt': ' \n' }) },
      /KAGGLE_API_TOKEN is the path of an empty file, "t\.txt"/,
    ],
    [
      'a missing file',
      { platform: platform({ KAGGLE_API_TOKEN: '/no/such' }) },
      /looks like a path, but the file does not exist; set it to the token or to the path of an existing file$/,
    ],
    [
      'a missing file by its name',
      { platform: platform({ KAGGLE_API_TOKEN: 'token.txt' }) },
      /does not exist; set it to the token or to the path of an existing file$/,
    ],
    ['a home folder', { platform: platform({ KAGGLE_API_TOKEN: '~/token' }) }, /~ is not expanded/],
    [
      'UTF-16',
      { platform: platform({ KAGGLE_API_TOKEN: 't' }, { t: '\uFFFD\uFFFDK\0G\0' }) },
      /UTF-16; save it as UTF-8/,
    ],
    [
      'UTF-16 kaggle.json',
      { platform: platform({}, { '/home/u/.kaggle/kaggle.json': '{\0"\0' }) },
      /kaggle\.json": it is encoded as UTF-16/,
    ],
    ['a line end', { token: 'KGAT_secret\nx' }, /the API token \(option token\) is malformed/],
    ['a blank', { token: 'KGAT secret' }, /malformed/],
    ['a letter that no header takes', { token: 'KGAT_sécret' }, /malformed/],
    ['quotes of a .env file', { token: '"KGAT_secret"' }, /malformed.*quote/],
    ['the content of kaggle.json', { token: '{"username":"u","key":"secret"}' }, /malformed/],
    ['a file that Deno may not read', { platform: unreadable('NotCapable') }, /KAGGLE_API_TOKEN.*--allow-read/],
    ['an empty one', { token: ' ' }, /is empty/],
    ['a number', { token: 7 as never }, /token: expected /],
    [
      'a function that gives one',
      { token: () => 'KGAT_secret\r\nx: y' },
      /the API token \(the token function\) is malformed/,
    ],
    ['a function that gives an object', { token: (() => ({ token: 'secret' })) as never }, /is not a string/],
    [
      'a user name with a colon',
      { username: 'a:secret', key: 'k' },
      /the username \(option username\) contains a colon/,
    ],
    ['a key with a line end', { username: 'a', key: 'secret\nx' }, /the key \(option key\) contains a line break/],
    ['a user name without a key', { username: 'a' }, /\(option username and key\) needs both/],
    ['an IAP token with a line end', { environment: 'STAGING', iapToken: 'secret\nx' }, /the IAP token .*malformed/],
    [
      'an IAP token of the environment',
      { environment: 'ADMIN', platform: platform({ KAGGLE_IAP_TOKEN: 'sécret' }) },
      /the IAP token .*malformed/,
    ],
  ])('%s', async (_what, options, message) => {
    let asked = 0;
    const call = async () =>
      createClient({ ...options, fetch: async () => Response.json({ asked: ++asked }) }).call('a.B', 'C');
    const error = await call().then(
      () => undefined,
      (caught: unknown) => caught as Error,
    );
    expect(error).toBeInstanceOf(ValidationError);
    expect(error!.message).toMatch(message);
    expect(error!.message).not.toMatch(/s[eé]cret(?!s)/);
    expect(asked).toBe(0);
  });

  it('headers and the user agent of a call as well', async () => {
    const send = { fetch: async () => Response.json({}) };
    const headers = { cookie: 'a=secret\nb' };
    const error = await createClient(send)
      .call('a.B', 'C', {}, { headers })
      .catch((caught) => caught);
    expect(error).toMatchObject({ name: 'ValidationError', message: expect.stringContaining('"cookie"') });
    expect(error.message).not.toContain('secret');
    expect(() => createClient({ userAgent: 'x\ny' })).toThrow(/userAgent/);
  });

  it('a token is one where Deno may read no file', async () => {
    const base = unreadable('NotCapable');
    const env = (name: string) => (name === 'KAGGLE_API_TOKEN' ? 'KGAT_x' : undefined);
    expect(await sent({ platform: { ...base, env } })).toBe('Bearer KGAT_x');
  });

  it('a long token is not taken for a path that is too long', async () => {
    const base = unreadable('ENAMETOOLONG');
    const token = `eyJ${'a'.repeat(2000)}`;
    expect(
      await sent({ platform: { ...base, env: (name) => (name === 'KAGGLE_API_TOKEN' ? token : undefined) } }),
    ).toBe(`Bearer ${token}`);
  });
});

describe('the error for a missing or rejected credential', () => {
  const refused = (options: ClientOptions) =>
    createClient({
      ...options,
      fetch: async () => Response.json({ code: 401, message: 'Unauthenticated' }, { status: 401 }),
    })
      .call('a.B', 'C')
      .catch((error) => error.message as string);
  it.each<[string, ClientOptions, string]>([
    ['of the options', { token: 'KGAT_x' }, 'the API token (option token)'],
    ['of a function', { token: () => 'KGAT_x' }, 'the API token (the token function)'],
    ['of the environment', { platform: platform({ KAGGLE_API_TOKEN: 'KGAT_x' }) }, 'the API token (KAGGLE_API_TOKEN)'],
    [
      'of a file that it names',
      { platform: platform({ KAGGLE_API_TOKEN: '/t' }, { '/t': 'KGAT_x' }) },
      'the API token (/t)',
    ],
    [
      'of the home folder',
      { platform: platform({}, { '/home/u/.kaggle/access_token': 'KGAT_x' }) },
      'the API token (/home/u/.kaggle/access_token)',
    ],
    [
      'of variables',
      { platform: platform({ KAGGLE_USERNAME: 'u', KAGGLE_KEY: 'k' }) },
      'the username and key (KAGGLE_USERNAME and KAGGLE_KEY) are wrong or not accepted by this method',
    ],
    [
      'of kaggle.json',
      { platform: platform({}, { '/home/u/.kaggle/kaggle.json': '{"username":"u","key":"k"}' }) },
      'the username and key (/home/u/.kaggle/kaggle.json)',
    ],
  ])('a refused one says which it was, and where to make a new one: %s', async (_where, options, which) => {
    const message = await refused(options);
    expect(message).toContain(`a.B/C: Unauthenticated: ${which}`);
    expect(message).toContain('https://www.kaggle.com/settings');
  });

  it('without one, what was begun: KAGGLE_USERNAME without KAGGLE_KEY', async () => {
    expect(await refused({ platform: platform({ KAGGLE_USERNAME: 'u' }) })).toContain(
      'KAGGLE_USERNAME is set, but KAGGLE_KEY is not; pass createClient({ token })',
    );
  });

  it('without one, what the platform can do', async () => {
    const help = { ...platform({}), credentialHelp: () => 'ask at the desk' };
    expect(await refused({ platform: help })).toBe('a.B/C: Unauthenticated: no credential was sent; ask at the desk');
  });

  it.each<[string, Platform, RegExp]>([
    [
      'a Worker without its bindings',
      workersPlatform(),
      /createClient\(\{ platform: workersPlatform\(\{ env \}\) \}\)/,
    ],
    ['a Worker with them', workersPlatform({ env: {} }), /wrangler secret put KAGGLE_API_TOKEN/],
    ['a page', browserPlatform(), /createClient\(\{ endpoint, credential: 'proxy' \}\) with your own proxy/],
  ])('%s', async (_where, at, message) => {
    const said = await refused({ platform: at });
    expect(said).toMatch(message);
    expect(said).not.toMatch(/~|kaggle\.json/);
  });

  it('the server repeats a credential: it is not shown, whatever it looks like', async () => {
    const token = 'plain-words-1234';
    const fetch = async () =>
      Response.json({ error: { code: 400, message: `what is ${token}?`, status: `X ${token}` } }, { status: 400 });
    const error = await createClient({ token, fetch })
      .call('a.B', 'C')
      .catch((caught) => caught);
    expect(error).toMatchObject({ message: 'a.B/C: what is [redacted]?', reason: 'X [redacted]' });
  });
});
