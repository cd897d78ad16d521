import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../src/testing/index.ts';

/** Emulators served by Deno and Bun misbehave as one that Node serves: what a bare fetch of Node sees. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const size = 200_000;
const put = { verb: 'PUT' };
const faults: Record<string, Fault> = {
  refuse: { kind: 'refuse' },
  refuseLong: { kind: 'refuse', seconds: 2 },
  drop: { kind: 'drop', bytes: 100_000 },
  dropNothing: { kind: 'drop', bytes: 0 },
  stall: { kind: 'stall', bytes: 70_000 },
  slow: { kind: 'slow', seconds: 0.2 },
  wrongHash: { kind: 'wrongHash' },
  shorter: { kind: 'wrongLength', bytes: 10 },
  longer: { kind: 'wrongLength', bytes: -10 },
  flip: { kind: 'flip', bytes: 5 },
  changed: { kind: 'changed', bytes: 1000 },
  lostAnswer: { kind: 'lostAnswer', match: put },
  dropPut: { kind: 'drop', on: 'request', bytes: 70_000, match: put },
  stallPut: { kind: 'stall', on: 'request', bytes: 70_000, match: { ...put, puts: 'data' } },
  statusDuring: { kind: 'status', when: 'during', bytes: 70_000, status: 503, match: put },
  statusAfter: { kind: 'status', when: 'after', status: 503, match: put },
  refusePut: { kind: 'refuse', match: put },
};

describe.each([
  ['Node 22', 'node_modules/node22/bin/node', []],
  ['Deno', 'node_modules/.bin/deno', ['run', '-A']],
  ['Bun', 'node_modules/.bin/bun', []],
])('%s', (_name, program, args) => {
  let addresses: Record<string, { get: string; put: string }>;
  let stop: () => Promise<unknown>;
  beforeAll(async () => {
    const script = [...args, 'test/testing/fault-server.ts', JSON.stringify(faults)];
    const child = spawn(program, script, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.on('close', resolve));
    stop = () => {
      child.stdin.end();
      return ended;
    };
    const line = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
    addresses = JSON.parse(line);
  });
  afterAll(() => stop());

  /** What comes of a download until it ends, breaks, or is silent after `stalls` bytes. */
  async function seen(
    name: string,
    stalls = Number.POSITIVE_INFINITY,
  ): Promise<{ end: string; bytes: number; response?: Response }> {
    let bytes = 0;
    let response: Response | undefined;
    try {
      response = await fetch(addresses[name]!.get);
      const reader = response.body!.getReader();
      for (;;) {
        const silence = () => new Promise<'silent'>((resolve) => setTimeout(() => resolve('silent'), 400));
        const step = await (bytes < stalls ? reader.read() : Promise.race([reader.read(), silence()]));
        if (step === 'silent') {
          reader.cancel().catch(() => {});
          return { end: 'silent', bytes, response };
        }
        if (step.done) return { end: 'whole', bytes, response };
        bytes += step.value.length;
      }
    } catch {
      return { end: response ? 'cut' : 'no answer', bytes, response };
    }
  }

  test.each([
    ['refuse', 'no answer', 0],
    ['drop', 'cut', 100_000],
    ['dropNothing', 'cut', 0],
    ['stall', 'silent', 70_000],
    ['slow', 'whole', size],
    ['wrongHash', 'whole', size],
    ['shorter', 'cut', size],
    ['flip', 'whole', size],
    ['changed', 'cut', 1000],
  ])('%s: %s after %i bytes', async (name, end, bytes) => {
    const first = await seen(name, end === 'silent' ? bytes : undefined);
    expect([first.end, first.bytes]).toEqual([end, bytes]);
    const again = await seen(name);
    expect([again.end, again.bytes]).toEqual(['whole', size]);
  });

  test('less is announced than comes', async () => {
    const { end, bytes } = await seen('longer');
    expect(end === 'cut' || bytes === size - 10).toBe(true);
    expect(await seen('longer')).toMatchObject({ end: 'whole', bytes: size });
  });

  const send = (name: string, init: RequestInit) =>
    fetch(addresses[name]!.put, { method: 'PUT', redirect: 'manual', ...init }).then(
      ({ status, headers }) => [status, headers.get('range')],
      () => 'no answer',
    );
  const query = (name: string) => send(name, { headers: { 'content-range': `bytes */${size}` } });
  test.each([
    ['lostAnswer', 'no answer', [200, null]],
    ['dropPut', 'no answer', [308, 'bytes=0-69999']],
    ['statusDuring', [503, null], [308, 'bytes=0-69999']],
    ['statusAfter', [503, null], [200, null]],
    ['refusePut', 'no answer', [308, null]],
  ])('upload, %s: %j, and then the storage says %j', async (name, first, then) => {
    const body = new Uint8Array(size).fill(120);
    expect(await send(name, { body })).toEqual(first);
    expect(await query(name)).toEqual(then);
  });

  test('an upload stalls: no answer, also when the storage has the bytes', async () => {
    const controller = new AbortController();
    const sent = send('stallPut', { body: new Uint8Array(size).fill(120), signal: controller.signal });
    await expect.poll(() => query('stallPut')).toEqual([308, 'bytes=0-69999']);
    const silence = new Promise((resolve) => setTimeout(() => resolve('silent'), 100));
    expect(await Promise.race([sent, silence])).toBe('silent');
    controller.abort();
    expect(await sent).toBe('no answer');
    expect(await query('stallPut')).toEqual([308, 'bytes=0-69999']);
  });

  test('refuse for a while: nobody listens', async () => {
    const code = () =>
      fetch(addresses.refuseLong!.get).then(
        () => '',
        ({ cause }) => cause?.code as string,
      );
    // A connection that was kept breaks first.
    await expect.poll(code, { interval: 1 }).toBe('ECONNREFUSED');
    await expect.poll(async () => (await seen('refuseLong')).end).toBe('whole');
  });
});
