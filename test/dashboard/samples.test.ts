import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { expect, onTestFinished, test } from 'vitest';
import { createSamples, type SampleOptions } from '../../examples/dashboard/samples/development.ts';
import { sampleFixtures } from '../../examples/dashboard/samples/fixtures.ts';
import { forecastCsv } from '../../examples/dashboard/samples/tables.ts';
import { createClient } from '../../src/node.ts';
import { getAcceleratorQuotaStatistics } from '../../src/services/kernels/generated/methods.ts';
import * as kernels from '../../src/services/kernels/index.ts';

const now = Date.parse('2026-11-25T12:00:00Z');

async function open(options: SampleOptions = {}) {
  const emulator = await createSamples({ now: () => now, pace: Number.POSITIVE_INFINITY, lag: 0, ...options });
  onTestFinished(() => emulator.close());
  return { emulator, client: createClient({ token: 'KGAT_test', fetch: emulator.fetch }) };
}

const running = 'alice/digit-recognizer-cnn';

test('runs of every status, a sweep with metrics, and quota that is used and reserved', async () => {
  const { emulator, client } = await open();
  const list = await kernels.list(client, { user: 'alice', sortBy: 'DATE_RUN' }).all();
  await expect.poll(() => emulator.state.kernels.get(running)!.versions[0]!.status).toBe('RUNNING');
  const statuses = new Map<string, number>();
  for (const { ref } of list) {
    const { status } = await kernels.status(client, ref!);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect(Object.fromEntries(statuses)).toEqual({
    ...{ QUEUED: 1, RUNNING: 1, COMPLETE: 7, ERROR: 2, CANCEL_ACKNOWLEDGED: 1 },
  });
  const sweep = emulator.state.kernels.get('alice/forest-cover-sweep')!.versions;
  expect(sweep).toHaveLength(12);
  const metrics = sweep.flatMap(({ files }) => files).map(({ data }) => JSON.parse(new TextDecoder().decode(data)));
  expect(metrics).toHaveLength(11);
  const best = metrics.sort((a, b) => b.accuracy - a.accuracy)[0];
  expect(best).toMatchObject({ params: { learning_rate: 0.1, depth: 8 }, val_loss: expect.any(Array) });
  const { gpuQuota } = await client.call(getAcceleratorQuotaStatistics);
  expect(gpuQuota!.timeReserved).toBe(18 * 60);
  expect(gpuQuota!.timeUsed! / 3600).toBeGreaterThan(9.5);
});

test('the same clock makes the same samples', () => {
  const text = () => JSON.stringify([sampleFixtures(now), forecastCsv(480)]);
  expect(text()).toBe(text());
  expect(text().length).toBeGreaterThan(100_000);
});

test('the large files are tables that can be read by ranges', async () => {
  const { emulator } = await open();
  const { files } = emulator.state.kernels.get('alice/store-sales-forecast')!.versions[0]!;
  const dataOf = (wanted: string) => files.find(({ name }) => name === wanted)!.data;
  const csv = new TextDecoder().decode(dataOf('forecast.csv'));
  expect(csv.length).toBeGreaterThan(2_000_000);
  expect(csv).toMatch(/^date,store,product,sales,forecast,promotion\n2024-01-01,Aalborg,apples,\d/);
  expect(csv).toContain(',"""fresh"" milk",');
  const data = dataOf('forecast.parquet');
  const file = { byteLength: data.length, slice: (start: number, end?: number) => data.slice(start, end).buffer };
  const metadata = await parquetMetadataAsync(file);
  expect(metadata.row_groups).toHaveLength(8);
  const rows = await parquetReadObjects({ file, metadata, rowStart: 50_000, rowEnd: 50_001 });
  expect(rows).toEqual([
    {
      ...{ date: expect.any(Date), store: 'Aalborg', product: expect.any(String), sales: expect.any(Number) },
      ...{
        forecast: expect.any(Number),
        weight: expect.any(Number),
        low: expect.any(Number),
        high: expect.any(Number),
        promotion: expect.any(Boolean),
      },
    },
  ]);
});

test('the running sample continues its log, with a progress bar, and can be canceled', async () => {
  const { client } = await open({ pace: 20 });
  let log = '';
  for await (const { data } of kernels.logs(client, running, { follow: true })) {
    log += data;
    if (log.includes('Epoch 13/30')) break;
  }
  expect(log).toContain('Epoch 1/30');
  expect(log).toContain('\r\u001b[1m 94/469\u001b[0m \u001b[32m━━━━\u001b[0m');
  expect(log).not.toContain('##kaggle-ts');
  await kernels.cancel(client, running);
  await expect.poll(async () => (await kernels.status(client, running)).status).toBe('CANCEL_ACKNOWLEDGED');
});

test('other runs are passed to the executor', async () => {
  const texts: string[] = [];
  const run = async ({ text }: { text: string }) => {
    texts.push(text);
    return { files: [] };
  };
  const { client } = await open({ executor: { run } });
  const request = { slug: 'alice/my-first-job', newTitle: 'My first job', text: 'print(1)' };
  await kernels.run(client, request, { schedule: { first: 0.01, longest: 0.05 } });
  expect(texts).toEqual([expect.stringContaining('print(1)')]);
});
