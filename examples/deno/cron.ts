/** The job in steps, driven by Deno.cron, with its state in Deno KV: `deno run --unstable-cron --unstable-kv ... examples/deno/cron.ts`. */
import { createClient } from 'kaggle-ts';
import { advanceJob, beginJob, type JobState } from 'kaggle-ts/jobs';

const examples = `${import.meta.dirname}/..`;
const [out = 'out', database] = Deno.args;
const client = createClient({ endpoint: Deno.env.get('KAGGLE_ENDPOINT') });
const kv = await Deno.openKv(database);
const key = ['kaggle-ts', 'example-in-steps'];

/** Takes steps until the next pause is long, or the next minute is near. */
async function advance(): Promise<void> {
  for (const end = Date.now() + 45_000; Date.now() < end; ) {
    const { value: state, ...entry } = await kv.get<JobState>(key);
    let { versionstamp } = entry;
    if (!state) return;
    /** Rejects if another process has taken the same step. */
    const save = async (next: JobState) => {
      const saved = await kv.atomic().check({ key, versionstamp }).set(key, next).commit();
      if (!saved.ok) throw new Error('another process advances this job');
      versionstamp = saved.versionstamp;
    };
    const io = { source: `${examples}/data/trips`, target: out };
    const turn = await advanceJob(client, state, io, { save, schedule: { first: 1, longest: 60 } });
    await save(turn.state);
    const { step, status = '', problem = '', error } = turn.state;
    console.log(step, status, error?.message ?? problem);
    if (turn.done || turn.pause > 10) return;
    await new Promise((resolve) => setTimeout(resolve, turn.pause * 1000));
  }
}

if ((await kv.get(key)).value === null) {
  const owner = await client.whoAmI();
  const files = ['autumn-not-yet.csv', 'spring.csv', 'summer.csv'];
  const state = beginJob({
    dataset: { owner, slug: 'example-trips', title: 'Example trips', files },
    kernel: {
      slug: `${owner}/example-in-steps`,
      newTitle: 'Example in steps',
      text: await Deno.readTextFile(`${examples}/kernel/train.py`),
      enableInternet: false,
    },
    output: true,
  });
  await kv.set(key, state);
}

Deno.cron('advance the Kaggle job', '* * * * *', advance);
await advance();
