/** The same job as on Node, step by step: `deno run --allow-net ... examples/deno/main.ts`. */
import { createClient } from 'kaggle-ts';
import * as datasets from 'kaggle-ts/datasets';
import * as kernels from 'kaggle-ts/kernels';

const examples = `${import.meta.dirname}/..`;
const out = Deno.args[0] ?? 'out';

const client = createClient({ endpoint: Deno.env.get('KAGGLE_ENDPOINT') });
const owner = await client.whoAmI();

const data = await datasets.createOrVersion(client, {
  owner,
  slug: 'example-trips',
  title: 'Example trips',
  files: [`${examples}/data/trips`],
  notes: 'from examples/deno',
});
const { versionNumber } = await data.ready();
console.log(`${data.ref}, version ${versionNumber}, is ready`);

const job = await kernels.push(client, {
  slug: `${owner}/example-on-deno`,
  newTitle: 'Example on Deno',
  text: await Deno.readTextFile(`${examples}/kernel/train.py`),
  enableInternet: false,
  datasetDataSources: [data.ref],
});
console.log(`${job.ref}, version ${job.versionNumber}: ${job.url}`);

for await (const { time, data } of kernels.logs(client, job, { follow: true })) {
  console.log(time.toFixed(1).padStart(6), data.trimEnd());
}
await kernels.wait(client, job);

for (const { path, size, verified } of await kernels.output(client, job, out)) {
  console.log(`${path}: ${size} bytes (verified: ${verified})`);
}
console.log(await Deno.readTextFile(`${out}/result.json`));
