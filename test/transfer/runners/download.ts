/** Downloads, as a program of its own: the tests kill it. Prints its progress, and its result as the last line of JSON. */
const [runtime, settings] = process.argv.slice(-2) as ['node' | 'deno' | 'bun', string];
const { endpoint, verb, file, folder, options } = JSON.parse(settings);
const { createClient } = await import(`../../../src/${runtime}.ts`);
const { download } = await import('../../../src/services/datasets/index.ts');
const { output } = await import('../../../src/services/kernels/index.ts');

const client = createClient({ endpoint, token: 'KGAT_test', retry: false });
const done = new Set<string>();
let last = 0;
const onProgress = (event: { file: string; transferred: number; phase: string }) => {
  if (event.phase === 'done') done.add(event.file);
  if (Date.now() - last < 20) return;
  last = Date.now();
  console.log(JSON.stringify({ transferred: event.transferred, done: done.size }));
};
try {
  const files =
    verb === 'output'
      ? await output(client, 'owner/run', folder, { ...options, onProgress })
      : await download(client, { owner: 'owner', slug: 'data', file }, folder, { ...options, onProgress });
  const skipped = files.filter((entry) => entry.skipped).length;
  console.log(JSON.stringify({ files: files.length, skipped, verified: files[0]?.verified }));
} catch (error) {
  console.log(JSON.stringify({ error: String(error) }));
}
