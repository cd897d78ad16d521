import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ByteSource, Platform } from '../../src/core/platform.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { systemClock } from '../../src/core/sleep.ts';
import { memoryState } from '../../src/platform/memory/state.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import { createEmulator } from '../../src/testing/index.ts';
import { noWait } from '../clock.ts';

let root: string;
let opened: number;
let closed: number;
let reading: number;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'upload-sources-'));
  mkdirSync(join(root, 'data'));
  for (const name of ['a.csv', 'b.csv', 'c.csv']) writeFileSync(join(root, 'data', name), `${name}\n`);
  writeFileSync(join(root, 'data', 'large.bin'), new Uint8Array(9 * 2 ** 20).fill(7));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  [opened, closed, reading] = [0, 0, 0];
});

/** A stream that is counted until it has ended or was cancelled. */
function counted(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  let over = false;
  const end = () => {
    if (!over) reading--;
    over = true;
  };
  reading++;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) return controller.enqueue(value);
      end();
      controller.close();
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  });
}

/** Node's files, with each source and each stream of one counted. */
function countingPlatform(streams: boolean): Platform {
  const platform = nodePlatform();
  const fs = platform.fs!;
  async function source(path: string): Promise<ByteSource> {
    const inner = await fs.source(path);
    opened++;
    let isOpen = true;
    return {
      ...inner,
      ...(streams && { read: undefined }),
      slice: async (start, end) => counted(await inner.slice(start, end)),
      async close() {
        if (isOpen) closed++;
        isOpen = false;
        await inner.close?.();
      },
    };
  }
  return { ...platform, fs: { ...fs, source }, state: memoryState(), clock: { ...systemClock, ...noWait } };
}

/** Files below the folder that this process has open, where the system tells. */
function openFiles(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(root) ? [path] : [];
    } catch {
      return [];
    }
  });
}

describe.each([
  ['read into buffers', false],
  ['read as streams', true],
])('every source that an upload opened is closed again (%s)', (_name, streams) => {
  const world = () => {
    const emulator = createEmulator({ lag: 0, processing: 0 });
    const client = createClient({
      endpoint: 'https://api.test',
      token: 'KGAT_test',
      fetch: emulator.fetch,
      platform: countingPlatform(streams),
    });
    const run = (options: object = {}) =>
      datasets.createOrVersion(client, { owner: 'alice', slug: 'my-data', files: [join(root, 'data')] }, options);
    return { emulator, run };
  };

  function expectClosed(): void {
    expect([opened, closed, reading]).toEqual([4, 4, 0]);
    expect(openFiles()).toEqual([]);
  }

  test('when it succeeds', async () => {
    await world().run();
    expectClosed();
  });

  test('when a PUT is refused, and the others are given up', async () => {
    const { emulator, run } = world();
    emulator.faults.add({ kind: 'status', status: 403, match: { puts: 'data' } });
    await expect(run({ concurrency: 4 })).rejects.toThrow('HTTP 403');
    expectClosed();
  });

  test('when the connection breaks again and again', async () => {
    const { emulator, run } = world();
    emulator.faults.add({ kind: 'drop', on: 'request', bytes: 100_000, match: { puts: 'data' }, after: 3, times: 99 });
    emulator.faults.add({ kind: 'refuse', match: { puts: 'query' }, times: 99 });
    await expect(run({ concurrency: 1 })).rejects.toThrow('the connection was lost');
    expectClosed();
  });

  test('when it is aborted in the middle of a file', async () => {
    const { run } = world();
    const controller = new AbortController();
    const onProgress = ({ file, transferred }: { file: string; transferred: number }) => {
      if (file === 'large.bin' && transferred > 0) controller.abort(new Error('enough'));
    };
    await expect(run({ signal: controller.signal, onProgress })).rejects.toThrow('enough');
    expectClosed();
  });

  test('when a call fails that would use what was sent', async () => {
    const { emulator, run } = world();
    emulator.faults.add({ kind: 'status', status: 400, match: { method: 'CreateDataset' } });
    await expect(run()).rejects.toThrow();
    expectClosed();
  });
});
