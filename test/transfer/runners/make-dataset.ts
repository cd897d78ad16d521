/**
 * Makes a version of a dataset from a folder, as a program of its own: the tests kill it. Prints one line of JSON. With
 * `again`, it makes another version afterwards, without `dataset` and `options`, and prints its number as well.
 */
const [runtime, settings] = process.argv.slice(-2) as ['node' | 'deno' | 'bun', string];
const { endpoint, folder, options, dataset, again } = JSON.parse(settings);
const { createClient } = await import(`../../../src/${runtime}.ts`);
const { withClock } = await import('../../clock.ts');
const { createOrVersion } = await import('../../../src/services/datasets/index.ts');

// Pauses of a tenth: the server of the tests shows a new version soon.
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 10));
const client = withClock(createClient({ endpoint, token: 'KGAT_test', retry: false }), { sleep });
const job = { owner: 'alice', slug: 'my-data', files: [folder] };
try {
  const { versionNumber, created } = await createOrVersion(client, { ...job, ...dataset }, options);
  const next = again ? (await createOrVersion(client, job)).versionNumber : undefined;
  console.log(JSON.stringify({ versionNumber, created, next }));
} catch (error) {
  console.log(JSON.stringify({ error: String(error) }));
}
