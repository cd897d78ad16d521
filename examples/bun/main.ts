/** The same job with all functions bound to one client, and `Bun.file` as upload source: `bun examples/bun/main.ts`. */
import { readdir } from 'node:fs/promises';
import { createKaggle } from 'kaggle-ts';

const trips = `${import.meta.dir}/../data/trips`;
const out = Bun.argv[2] ?? 'out';

const kaggle = createKaggle({ endpoint: Bun.env.KAGGLE_ENDPOINT });
const owner = await kaggle.client.whoAmI();

const data = await kaggle.datasets.createOrVersion({
  owner,
  slug: 'example-trips',
  title: 'Example trips',
  files: (await readdir(trips)).map((name) => ({ name, data: Bun.file(`${trips}/${name}`) })),
  notes: 'from examples/bun',
});
const { versionNumber } = await data.ready();
console.log(`${data.ref}, version ${versionNumber}, is ready`);

const result = await kaggle.kernels.run(
  {
    slug: `${owner}/example-on-bun`,
    newTitle: 'Example on Bun',
    text: await Bun.file(`${import.meta.dir}/../kernel/train.py`).text(),
    enableInternet: false,
    datasetDataSources: [data.ref],
    output: out,
  },
  { onLog: ({ time, data }) => console.log(time.toFixed(1).padStart(6), data.trimEnd()) },
);

for (const { path, size, verified } of result.files) console.log(`${path}: ${size} bytes (verified: ${verified})`);
console.log(await Bun.file(`${out}/result.json`).text());
