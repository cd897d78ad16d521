/** Creates a dataset, runs a kernel that reads it, prints its log and downloads its output: `node examples/node/main.ts`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createClient } from 'kaggle-ts';
import * as datasets from 'kaggle-ts/datasets';
import * as kernels from 'kaggle-ts/kernels';

const examples = join(import.meta.dirname, '..');
const out = process.argv[2] ?? 'out';

const client = createClient({ endpoint: process.env.KAGGLE_ENDPOINT });
const owner = await client.whoAmI();

const data = await datasets.createOrVersion(client, {
  owner,
  slug: 'example-trips',
  title: 'Example trips',
  files: [join(examples, 'data/trips')],
  notes: 'from examples/node',
});
const { versionNumber } = await data.ready();
console.log(`${data.ref}, version ${versionNumber}, is ready`);

const result = await kernels.run(
  client,
  {
    slug: `${owner}/example-on-node`,
    newTitle: 'Example on Node',
    text: await readFile(join(examples, 'kernel/train.py'), 'utf8'),
    enableInternet: false,
    datasetDataSources: [data.ref],
    output: out,
  },
  { onLog: ({ time, data }) => console.log(time.toFixed(1).padStart(6), data.trimEnd()) },
);

for (const { path, size, verified } of result.files) console.log(`${path}: ${size} bytes (verified: ${verified})`);
console.log(await readFile(join(out, 'result.json'), 'utf8'));
