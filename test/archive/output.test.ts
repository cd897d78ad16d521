import { describe, expect, test } from 'vitest';
import * as kernels from '../../src/services/kernels/index.ts';
import { planOutput } from '../../src/services/kernels/output/plan.ts';
import { scriptedExecutor } from '../../src/testing/index.ts';
import { setUp } from './emulated.ts';
import { filesIn, scratch } from './support.ts';

test.each([
  [{ files: 200, all: true, concurrency: 32 }, 'archive'],
  [{ files: 65, all: true, concurrency: 32 }, 'archive'],
  [{ files: 64, all: true, concurrency: 32 }, 'files'],
  [{ files: 3, all: true, concurrency: 1 }, 'archive'],
  [{ files: 200, all: false, concurrency: 32 }, 'files'],
  [{ files: 0, all: true, concurrency: 4 }, 'files'],
])('%j: by %s', (facts, by) => {
  expect(planOutput(facts).by).toBe(by);
});

describe('kernels.output', () => {
  const count = 30;
  const name = (index: number) => `sub/part-${index}.txt`;
  const kernel = {
    slug: 'alice/many-outputs',
    newTitle: 'Many outputs',
    text: 'pass',
    language: 'python' as const,
    kernelType: 'script' as const,
    isPrivate: true,
  };
  async function ran() {
    const files = Object.entries(expected).map(([path, text]) => ({
      name: path,
      data: new TextEncoder().encode(text),
    }));
    const executor = scriptedExecutor(() => ({ files }));
    const made = setUp({ executor });
    const run = await kernels.push(made.client, kernel);
    await kernels.wait(made.client, run);
    made.traffic.calls.length = 0;
    made.traffic.gets.length = 0;
    return { ...made, run };
  }
  const expected = Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), `content ${index}`]));

  test('many files come as one archive, and it is said', async () => {
    const { client, traffic, run } = await ran();
    const folder = scratch();
    const plans: kernels.OutputPlan[] = [];
    const files = await kernels.output(client, run, folder, { concurrency: 4, onPlan: (plan) => plans.push(plan) });
    expect(plans).toEqual([{ by: 'archive', files: count, why: expect.any(String) }]);
    expect(files.filter(({ verified }) => verified === 'crc32')).toHaveLength(count);
    expect(filesIn(folder)).toMatchObject(expected);
    expect(traffic.gets.length).toBeLessThanOrEqual(2);
    expect(traffic.calls).toContain('DownloadKernelOutput');
  });

  test('few files, or a choice of them, come one by one', async () => {
    const { client, traffic, run } = await ran();
    const folder = scratch();
    await kernels.output(client, run, folder, { concurrency: 4, pattern: /part-1\d/ });
    expect(traffic.calls).not.toContain('DownloadKernelOutput');
    await kernels.output(client, run, folder, { concurrency: 32 });
    expect(traffic.calls).not.toContain('DownloadKernelOutput');
    expect(filesIn(folder)).toMatchObject(expected);
  });

  test('an archive that cannot be had, or is none: one by one', async () => {
    for (const answer of [
      () => new Response('{"code":404,"message":"no"}', { status: 404 }),
      () => new Response('<html>', { status: 200 }),
    ]) {
      const { client, emulator, run } = await ran();
      const { fetch } = emulator;
      emulator.fetch = async (request) => (request.url.endsWith('/DownloadKernelOutput') ? answer() : fetch(request));
      const folder = scratch();
      const files = await kernels.output(client, run, folder, { concurrency: 4 });
      expect(files.filter(({ verified }) => verified === 'crc32')).toEqual([]);
      expect(filesIn(folder)).toMatchObject(expected);
    }
  });

  test('what is not in the archive comes by itself', async () => {
    const { client, emulator, run } = await ran();
    const { fetch } = emulator;
    emulator.fetch = async (request) => {
      if (!request.url.endsWith('/ListKernelSessionOutput')) return fetch(request);
      const answer = (await (await fetch(request)).json()) as { files: { url: string; fileName: string }[] };
      answer.files.push({ url: answer.files[0]!.url, fileName: 'extra.txt' });
      return Response.json(answer);
    };
    // Without a version, the archive may be that of another one than the listing: then nothing is taken from it.
    for (const [ref, fromArchive] of [[run, count] as const, ['alice/many-outputs', 0] as const]) {
      const folder = scratch();
      const files = await kernels.output(client, ref, folder, { concurrency: 4 });
      expect(files.find((file) => file.name === 'extra.txt')?.verified).not.toBe('crc32');
      expect(files.filter(({ verified }) => verified === 'crc32')).toHaveLength(fromArchive);
      expect(filesIn(folder)).toMatchObject({ ...expected, 'extra.txt': expected[name(0)] });
    }
  });

  test('an output file is read in parts where it is', async () => {
    const { client, run } = await ran();
    const file = await kernels.openRemote(client, run, name(7));
    expect(new TextDecoder().decode(await file.readRange(8, 9))).toBe('7');
    await file.close();
    await expect(kernels.openRemote(client, run, 'nope')).rejects.toThrow(/no output file "nope"/);
  });
});
