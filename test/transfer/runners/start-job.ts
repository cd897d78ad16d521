/** Starts a job, or reads one to its end, as a program of its own. Prints one line of JSON. */
const [runtime, settings] = process.argv.slice(-2) as ['node' | 'deno' | 'bun', string];
const { endpoint, request, key, id } = JSON.parse(settings);
const { createClient } = await import(`../../../src/${runtime}.ts`);
const { attach, start, wait } = await import('../../../src/services/kernels/index.ts');

const client = createClient({ endpoint, token: 'KGAT_test', retry: false });
try {
  if (id === undefined) {
    const job = await start(client, request, { key });
    console.log(JSON.stringify({ id: job.id, versionNumber: job.versionNumber }));
  } else {
    const job = attach(client, id);
    await wait(client, job, { schedule: { first: 0.01 } });
    const { entries, ended } = await job.logs();
    console.log(JSON.stringify({ ...(await job.result()), log: entries.map((entry) => entry.data).join(''), ended }));
  }
} catch (error) {
  console.log(JSON.stringify({ error: String(error) }));
}
