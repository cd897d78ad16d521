import { afterEach, expect, test } from 'vitest';
import { createClient } from '../../src/node.ts';
import { cli, type Started, startCli } from './start.ts';

const running: Started[] = [];
const startEmulator = (...args: string[]): Started => {
  const started = startCli(['emulator', '--port', '0', ...args]);
  running.push(started);
  return started;
};
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGINT');
    await ended;
  }
});

test('serves on loopback, says what to set, and stops on Ctrl-C', async () => {
  const emulator = startEmulator();
  const [, url, token] = await emulator.until(/KAGGLE_ENDPOINT=(\S+)\n.*KAGGLE_API_TOKEN=(\S+)/);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await createClient({ endpoint: url, token }).whoAmI()).toBe('alice');
  emulator.child.kill('SIGINT');
  const { code, stdout, stderr } = await emulator.ended;
  expect(stdout).toContain('Emulator stopped.');
  expect(stderr).toContain('stopping');
  expect(code).toBe(0);
  await expect(fetch(url!)).rejects.toThrow();
});

test('pages of an origin may call it only when that origin is named', async () => {
  const emulator = startEmulator('--allow-origin', 'https://page.example');
  const [, url] = await emulator.until(/KAGGLE_ENDPOINT=(\S+)/);
  const ask = (origin: string) =>
    fetch(`${url}/api/v1/security.OAuthService/IntrospectToken`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: '{"token":"KGAT_test"}',
    });
  expect((await ask('https://page.example')).headers.get('access-control-allow-origin')).toBe('https://page.example');
  expect((await ask('https://other.example')).status).toBe(403);
});

test.each(['0.0.0.0', '::', '192.168.1.2', 'example.com'])('refuses to listen on %s', async (host) => {
  const { code, stdout, stderr } = await cli(['emulator', '--port', '0', '--host', host]);
  expect(stderr).toContain('--host: expected 127.0.0.1, localhost or ::1, got ');
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test('a port that is taken is said in words', async () => {
  const [, port] = await startEmulator().until(/KAGGLE_ENDPOINT=\S+:(\d+)/);
  const { code, stderr } = await cli(['emulator', '--port', port!]);
  const words = `cannot listen on port ${port}: it is already in use; pass another`;
  expect(stderr).toContain(`kaggle-ts emulator: ${words} --port, or 0 for any free port`);
  expect(code).toBe(2);
  const storage = await cli(['emulator', '--port', '0', '--storage-port', port!]);
  expect(storage.stderr).toContain(`kaggle-ts emulator: ${words} --storage-port, or 0 for any free port`);
});
