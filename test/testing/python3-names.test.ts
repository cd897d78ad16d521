import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findPython } from '../../scripts/contract/python.ts';
import { createClient } from '../../src/node.ts';
import { run } from '../../src/services/kernels/index.ts';
import { type Job, python3Executor } from '../../src/testing/index.ts';
import { startCli } from '../cli/start.ts';
import { skip } from '../skip.ts';

const scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-python-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const job: Job = {
  text: 'print("run")',
  language: 'python',
  kernelType: 'script',
  inputs: [],
  env: {},
  timeout: 60,
  signal: new AbortController().signal,
  onStart: () => {},
  onOutput: () => {},
};

test('a file whose name leaves the folder is not written', async () => {
  const files = [{ name: `../../../../../../..${scratch}/escaped.txt`, data: new Uint8Array(1), created: 0 }];
  await expect(python3Executor().run({ ...job, inputs: [{ mount: 'points', files }] })).rejects.toThrow(/\.\./);
  expect(existsSync(join(scratch, 'escaped.txt'))).toBe(false);
});

// Where there is no python3 there is nothing to run with; the emulator itself needs none.
test('the emulator runs kernels with it when asked', async (context) => {
  if (!findPython(['python3'])) skip(context, 'there is no python3');
  const emulator = startCli(['emulator', '--port', '0', '--executor', 'python3'], {
    KAGGLE_API_TOKEN: 'KGAT_secret',
  });
  try {
    const [, endpoint] = await emulator.until(/KAGGLE_ENDPOINT=(\S+)/);
    const text = 'import os, sys\nprint(sys.platform, os.environ.get("KAGGLE_API_TOKEN"))';
    const request = { slug: 'alice/host-python', newTitle: 'host python', text };
    const { log } = await run(createClient({ endpoint, token: 'KGAT_test' }), request);
    expect(log.map(({ data }) => data).join('')).toBe(`${process.platform} None\n`);
  } finally {
    emulator.child.kill('SIGTERM');
    expect(await emulator.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Emulator stopped.') });
  }
});
