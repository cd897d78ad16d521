/** Runs a sweep over a state folder: `node program.ts URL FOLDER COUNT BEGAN SPEED`. Prints each result, then all of them. */
import process from 'node:process';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { folderState } from '../../src/platform/common/node-state.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { map } from '../../src/services/kernels/map/map.ts';
import { fastClock } from './fast-clock.ts';
import { gpuKernel } from './kernels.ts';

const [endpoint = '', folder = '', count = '', began = '', speed = ''] = process.argv.slice(2);
const platform = { ...nodePlatform(), state: folderState(folder), clock: fastClock(Number(began), Number(speed)) };
const client = createClient({ endpoint, token: 'KGAT_test', platform });
const inputs = Array.from({ length: Number(count) }, (_, index) => index);
const results: unknown[] = [];
for await (const { index, status, job } of map(client, inputs, gpuKernel, { key: 'killed' })) {
  results[index] = [status, job?.versionNumber];
  console.log('ended', index);
}
console.log(JSON.stringify(results));
