import { expect, test } from 'vitest';
import type { Job } from '../../src/services/kernels/index.ts';
import { push, start } from '../../src/services/kernels/index.ts';
import { createWorld, memoryState } from './job-world.ts';

const request = { slug: 'alice/my-job-one', newTitle: 'My Job One', text: 'print(1)' };
const key = 'nightly';

/** Random whole numbers below a limit, from a seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * A server that shows versions late, loses responses, is busy, and refuses pushes for lack of a slot, with or without a version
 * that has no run.
 */
function createTrouble(pick: (below: number) => number) {
  const busy = () => new Response('busy', { status: 503 });
  return createWorld({
    state: memoryState(),
    late: pick(2) * pick(55),
    async answer(method, sent, ask) {
      if (method !== 'SaveKernel') return pick(12) === 0 ? busy() : ask(sent);
      const body = await sent.clone().json();
      if (!body.text.includes('print(1)')) return ask(sent);
      const kind = pick(6);
      if (kind === 0) return busy();
      if (kind === 1 || kind === 2) {
        await ask(sent);
        return kind === 1 ? busy() : new Response('<html>', { headers: { 'content-type': 'text/html' } });
      }
      if (kind > 3) return ask(sent);
      const saved = { ...body, kernelExecutionType: 'QUICK_SAVE' };
      if (pick(2)) await ask(new Request(sent, { body: JSON.stringify(saved) }));
      return Response.json({ error: 'Maximum batch CPU session count of 5 reached.', versionNumber: 0 });
    },
  });
}

/** One sequence of starts by processes that are killed, until one of them returns a job that runs. */
async function sequence(seed: number): Promise<{ found: number | undefined; ran: number[]; events: string }> {
  const pick = numbers(seed);
  const world = createTrouble(pick);
  const events: string[] = [];
  const other = () => push(world.connect().client, { ...request, text: 'print(2)' }).catch(() => undefined);
  if (pick(2)) await other();
  let job: Job | undefined;
  for (let attempt = 0; attempt < 40 && !job; attempt++) {
    const killed = attempt < 6 && pick(3) > 0;
    const kill = killed ? { at: 1 + pick(14), when: pick(2) ? ('before' as const) : ('after' as const) } : undefined;
    const options = { key, waitForSlot: pick(3) === 0 ? 100 : 0 };
    const processes = [world.connect(kill), ...(pick(4) === 0 ? [world.connect()] : [])];
    const results = await Promise.allSettled(processes.map(({ client }) => start(client, request, options)));
    const jobs = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    events.push(results.map((result) => (result.status === 'fulfilled' ? result.value.versionNumber : 'x')).join(','));
    job = jobs.find(({ versionNumber }) => world.versions()[versionNumber - 1]!.runs);
    if (pick(3) === 0) await other();
    // A version that still has no run after 15 minutes is pushed again.
    world.wait(jobs.length > 0 && !job ? 901 : pick(400));
  }
  const ours = world.versions().filter(({ text, runs }) => runs && text.includes('print(1)'));
  return { found: job?.versionNumber, ran: ours.map(({ number }) => number), events: events.join(' | ') };
}

test('a key starts one run, whatever the server does and whenever processes are killed', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const { found, ran, events } = await sequence(seed * 7919);
    expect(ran, `seed ${seed * 7919}: ${events}`).toEqual([found]);
  }
});
