/**
 * kaggle-ts in the transfer scenarios: `transfer.mjs RUNTIME JOB`, where JOB is the JSON of a `Job` (`jobs.ts`). The public
 * API only, with its defaults. Prints the peak of its memory.
 */
import process from 'node:process';
import { peakMiB } from './peak.mjs';

const [runtime, text = ''] = process.argv.slice(2);
/** Not a literal: types are checked before anything is built. */
const dist = '../../dist';
const { verb, url, owner, slug, file, folder, out } = JSON.parse(text);

const { createClient } = await import(`${dist}/${runtime}.js`);
const client = createClient({ endpoint: url, token: 'KGAT_test' });

if (verb === 'outputs') {
  const { output } = await import(`${dist}/services/kernels/index.js`);
  await output(client, `${owner}/${slug}`, out);
} else {
  const { createOrVersion, download } = await import(`${dist}/services/datasets/index.js`);
  if (verb === 'upload') await createOrVersion(client, { owner, slug, title: `Bench ${slug}`, files: [folder] });
  else if (verb === 'unzip') await download(client, { owner, slug }, out, { unzip: true });
  else {
    const [downloaded] = await download(client, { owner, slug, file }, out);
    if (downloaded?.verified !== 'crc32c') throw new Error(`the download was verified by ${downloaded?.verified}`);
  }
}
console.log(JSON.stringify({ peakMiB: peakMiB() }));
