/** Runs the cases on Deno or Bun: `server.ts <platform> <folder>`; prints an Outcome as JSON in the last line. */
import { bunPlatform } from '../../../src/platform/bun/index.ts';
import { denoPlatform } from '../../../src/platform/deno/index.ts';
import { nodePlatform } from '../../../src/platform/node/index.ts';
import { equal, type Outcome, runCases } from '../check.ts';
import { filesystemCases, places, timeCases } from '../filesystem-cases.ts';
import { hasherCases } from '../hasher-cases.ts';
import { stateCases } from '../state-cases.ts';
import { streamCases } from '../stream-cases.ts';

const [name, folder] = (globalThis as unknown as { process: { argv: string[] } }).process.argv.slice(2);
const platform = { bun: bunPlatform, deno: denoPlatform, node: nodePlatform }[name as 'bun' | 'deno' | 'node']();
const outcome: Outcome = { passed: 0, failures: [] };

await runCases({ ...filesystemCases, ...timeCases }, places(platform.fs!, `${folder}/files`), outcome);
await runCases(stateCases, () => platform.state!, outcome);
await runCases(hasherCases, () => platform, outcome);
await runCases(streamCases, () => undefined, outcome);
await runCases(
  {
    async 'name, environment and home'() {
      equal(platform.name, name, 'name');
      equal(platform.env?.('KAGGLE_TS_TEST'), 'yes', 'a variable');
      equal(platform.env?.('KAGGLE_TS_TEST_UNSET'), undefined, 'a variable that is not set');
      equal(platform.home?.(), `${folder}/home`, 'home');
    },
    async 'the state is in the state folder of the user'() {
      const entries: string[] = [];
      for await (const entry of platform.fs!.walk(`${folder}/state/kaggle-ts`)) entries.push(entry.path);
      equal(entries.length > 0 && entries.every((path) => /^[0-9a-f]{64}\.json$/.test(path)), true, 'names');
    },
  },
  () => undefined,
  outcome,
);

console.log(JSON.stringify(outcome));
