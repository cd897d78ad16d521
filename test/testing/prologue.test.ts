import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/node.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { createEmulator, type Emulator, pyodideExecutor } from '../../src/testing/index.ts';

let emulator: Emulator;
let client: KaggleClient;

beforeAll(() => {
  emulator = createEmulator({ executor: pyodideExecutor(), lag: 1 });
  client = createClient({ fetch: emulator.fetch, token: 'KGAT_test' });
});
afterAll(() => emulator.close());

/** The log of a script with a prologue that fails. */
async function failure(text: string): Promise<string> {
  const request = { slug: 'alice/own-code', newTitle: 'own code', text, params: { a: 1 } };
  const entries: kernels.LogEntry[] = [];
  const running = kernels.run(client, request, {
    onLog: (entry) => entries.push(entry),
    schedule: { first: 0.2, longest: 0.2 },
  });
  await expect(running).rejects.toMatchObject({ name: 'KernelFailedError' });
  return entries.map(({ data }) => data).join('');
}

test("tracebacks of a script with parameters begin and end in the user's code", async () => {
  const thrown = await failure('print("start")\ndef f():\n    return 1 / 0\n\nf()\n');
  expect(thrown).toMatch(
    /^start\nTraceback \(most recent call last\):\n {2}File "[^"]*main\.py", line 5, in <module>\n {4}f\(\)\n(?: +[~^]+\n)? {2}File "[^"]*main\.py", line 3, in f\n/,
  );
  expect(thrown).not.toMatch(/kaggle_ts|session=/);
  const wrong = await failure('x = 1\nfor\n');
  expect(wrong).toMatch(/^(?:Traceback \(most recent call last\):\n)? {2}File "[^"]*main\.py", line 2\n {4}for\n/);
  expect(wrong).not.toContain('kaggle_ts');
});
