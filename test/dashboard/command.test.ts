import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { parseFlags } from '../../examples/dashboard/development/flags.ts';
import { createClient } from '../../src/node.ts';
import { list } from '../../src/services/kernels/index.ts';
import { cleanEnvironment, start } from '../cli/start.ts';

function dashboard(...args: string[]) {
  const started = start(process.execPath, ['scripts/dashboard.mjs', ...args], cleanEnvironment());
  onTestFinished(() => void started.child.kill('SIGKILL'));
  return started;
}

test('npm run dashboard serves the built page and the samples, until Ctrl-C', async () => {
  const { child, until, ended } = dashboard('--port', '0');
  const [, url = ''] = await until(/Dashboard: +(http:\S+)/);
  const page = await fetch(url);
  expect(page.headers.get('content-security-policy')).toMatch("default-src 'none'");
  const [, script = ''] = /<script type="module"[^>]* src="([^"]+)"/.exec(await page.text()) ?? [];
  expect((await fetch(new URL(script, url))).headers.get('content-type')).toMatch('text/javascript');
  const client = createClient({ endpoint: `${url}/kaggle`, credential: 'proxy' });
  expect((await list(client, { user: 'alice' }).all()).length).toBeGreaterThan(10);

  const busy = await dashboard('--port', new URL(url).port).ended;
  expect(busy).toMatchObject({
    code: 1,
    stderr: `cannot start the dashboard: cannot listen on port ${new URL(url).port}: it is already in use; pass another --port, or 0 for any free port\n`,
  });
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/Stopping\n$/) });
});

test('with --watch, changes of the sources are shown at once', async () => {
  const { child, until, ended } = dashboard('--port', '0', '--watch');
  const [, url = ''] = await until(/Dashboard: +(http:\S+)/);
  expect(await (await fetch(url)).text()).toContain('/@vite/client');
  const source = await (await fetch(new URL('/src/data/client.ts', url))).text();
  expect(source).toMatch(/from "\/@fs\/.*\/src\/browser\.ts"/);
  expect(await (await fetch(new URL('/session', url))).json()).toEqual({ required: false, signedIn: true });
  child.kill('SIGINT');
  expect((await ended).code).toBe(0);
});

test.each<[string[], string]>([
  [['--port', '80000'], '--port: expected a number from 0 to 65535, got "80000"'],
  [['--port', ''], '--port: expected a number from 0 to 65535, got ""'],
  [['--endpoint', 'localhost:7777'], '--endpoint: expected a URL such as http://localhost:7777, got "localhost:7777"'],
  [['--prot', '1'], "Unknown option '--prot'"],
  [['page'], "Unexpected argument 'page'"],
])('%j is refused', (args, message) => {
  expect(() => parseFlags(args, {})).toThrow(message);
});

test('KAGGLE_ENDPOINT is used, and --endpoint goes before it', () => {
  const env = { KAGGLE_ENDPOINT: 'http://localhost:7777' };
  expect(parseFlags([], env)).toEqual({ port: 5180, watch: false, endpoint: 'http://localhost:7777', help: false });
  expect(parseFlags(['--endpoint', 'http://localhost:8888'], env).endpoint).toBe('http://localhost:8888');
});
