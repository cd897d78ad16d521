import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { ClientOptions } from '../../../src/core/rpc/client.ts';
import { compare, type Difference } from './compare.ts';
import { flowNames, type RecordedStep, readFlow } from './recording.ts';
import { createReplay } from './replay.ts';
import { scenarios } from './scenarios/index.ts';
import { createScene, inputPlatform } from './scene.ts';
import { readTable, settle } from './table.ts';
import { isTranscript, playTranscript } from './transcript.ts';
import { createWorld } from './world.ts';

function credentialOf({ env }: RecordedStep): Pick<ClientOptions, 'token' | 'username' | 'key'> {
  if (env?.KAGGLE_USERNAME) return { username: env.KAGGLE_USERNAME, key: env.KAGGLE_KEY ?? '' };
  if (env && 'KAGGLE_API_TOKEN' in env) return env.KAGGLE_API_TOKEN === null ? {} : { token: env.KAGGLE_API_TOKEN! };
  return { token: 'KGAT_test' };
}

/** Pauses between attempts pass at once; the times after which something counts as dead stay as they are. */
function hurry(): void {
  const real = globalThis.setTimeout;
  vi.stubGlobal('setTimeout', (run: () => void, ms = 0, ...rest: unknown[]) =>
    real(run, ms >= 60_000 ? ms : Math.min(ms / 1000, 50), ...rest),
  );
}

/** Conversations of `kaggle-ts check all`, which are played without a scenario. */
const transcripts = flowNames.filter((name) => isTranscript(readFlow(name)));
const official = flowNames.filter((name) => !transcripts.includes(name));

const found: { flow: string; difference: Difference }[] = [];

async function playFlow(name: string): Promise<Difference[]> {
  const flow = readFlow(name);
  const scenario = scenarios[name] ?? [];
  expect(scenario.length, `${name}: one play for each recorded step`).toBe(flow.steps.length);
  const platform = await inputPlatform(flow.input ?? []);
  const world = createWorld(flow);
  const differences: Difference[] = [];
  for (const [index, play] of scenario.entries()) {
    const step = flow.steps[index]!;
    const replay = createReplay(step, world);
    if (typeof play === 'function') {
      const scene = createScene(flow, platform, world, replay, credentialOf(step));
      await expect(play(scene), `${name}, step ${index + 1} (${step.command.join(' ')})`).resolves.not.toThrow();
      differences.push(
        ...compare(
          step.http.map(({ request }) => request),
          replay.asked,
        ),
      );
    } else differences.push({ kind: 'not played', request: `step ${index + 1}: ${play.left}` });
  }
  return differences;
}

describe('recorded conversations of the official clients', () => {
  hurry();
  afterAll(() => {
    vi.unstubAllGlobals();
    // For whoever writes the table: every difference that was found, as JSON lines.
    const file = process.env.KAGGLE_TS_DIFFERENCES;
    if (file) writeFileSync(file, found.map((one) => `${JSON.stringify(one)}\n`).join(''));
  });

  test('every recorded flow has a scenario, and every scenario a flow', () => {
    expect(Object.keys(scenarios).sort()).toEqual(official);
  });

  for (const name of transcripts) {
    test(name, async () => expect((await playTranscript(readFlow(name))).length).toBeGreaterThan(0));
  }

  for (const name of official) {
    test(name, async () => {
      const differences = await playFlow(name);
      found.push(...differences.map((difference) => ({ flow: name, difference })));
      expect(
        settle(
          differences.map((difference) => ({ flow: name, difference })),
          readTable(),
        ).unlisted,
      ).toEqual([]);
    });
  }

  test('every row of docs/differences.md occurs exactly as often as it says', () => {
    expect(settle(found, readTable()).wrongCounts).toEqual([]);
  });
});
