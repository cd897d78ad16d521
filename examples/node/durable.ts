/** The job in steps, with its state in a file. Kill it at any time and start it again: `node examples/node/durable.ts out job.json`. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { createClient } from 'kaggle-ts';
import { advanceJob, beginJob, type JobState } from 'kaggle-ts/jobs';

const examples = join(import.meta.dirname, '..');
const [out = 'out', file = 'job.json'] = process.argv.slice(2);
const client = createClient({ endpoint: process.env.KAGGLE_ENDPOINT });

async function load(): Promise<JobState> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as JobState;
  const owner = await client.whoAmI();
  return beginJob({
    dataset: {
      owner,
      slug: 'example-trips',
      title: 'Example trips',
      files: ['autumn-not-yet.csv', 'spring.csv', 'summer.csv'],
    },
    kernel: {
      slug: `${owner}/example-in-steps`,
      newTitle: 'Example in steps',
      text: await readFile(join(examples, 'kernel/train.py'), 'utf8'),
      enableInternet: false,
    },
    output: true,
  });
}

/** Replaces the file at once: a process that is killed leaves the old state or the new one. */
async function save(state: JobState): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(state));
  await rename(`${file}.new`, file);
}

const io = { source: join(examples, 'data/trips'), target: out };
let state = await load();
for (;;) {
  console.log(state.step, state.status ?? '', state.problem ?? '');
  const turn = await advanceJob(client, state, io, { save, schedule: { first: 1, longest: 60 } });
  await save(turn.state);
  state = turn.state;
  if (turn.done) break;
  await setTimeout(turn.pause * 1000);
}
if (state.error) throw new Error(state.error.message);
for (const { name, size } of state.outputs ?? []) console.log(`${join(out, name)}: ${size} bytes`);
