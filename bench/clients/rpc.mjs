/**
 * One process of the RPC scenarios, on whichever runtime runs it:
 * `rpc.mjs kaggle-ts|fetch RUNTIME URL CALLS WARM_UP`. Calls one after the other; prints `{ seconds, cpuSeconds, peakMiB }`
 * of the calls after the warm-up. Plain JavaScript, as built programs are: stripping types would count as cold start.
 */
import process from 'node:process';
import { peakMiB } from './peak.mjs';

const [kind, runtime, url, calls, warmUp] = process.argv.slice(2);
/** Not a literal: types are checked before anything is built. */
const dist = '../../dist';
const request = { userName: 'bench', kernelSlug: 'my-kernel' };

async function typedCall() {
  const { createClient } = await import(`${dist}/${runtime}.js`);
  const { getKernelSessionStatus } = await import(`${dist}/services/kernels/generated/index.js`);
  const client = createClient({ endpoint: url, token: 'KGAT_test' });
  return async () => (await client.call(getKernelSessionStatus, request)).status;
}

/** The least that a client can do with the runtime's fetch. */
function rawFetch() {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer KGAT_test' };
  return async () => {
    const response = await fetch(`${url}/api/v1/kernels.KernelsApiService/GetKernelSessionStatus`, {
      method: 'POST',
      headers,
      body: JSON.stringify(request),
    });
    return (await response.json()).status;
  };
}

const call = kind === 'fetch' ? rawFetch() : await typedCall();

/** @param {number} times */
async function repeat(times) {
  for (let done = 0; done < times; done++) {
    const status = await call();
    if (status !== 'RUNNING') throw new Error(`the answer was not understood: ${status}`);
  }
}

await repeat(Number(warmUp));
const cpuBefore = process.cpuUsage();
const started = performance.now();
await repeat(Number(calls));
const seconds = (performance.now() - started) / 1000;
const cpu = process.cpuUsage(cpuBefore);
console.log(JSON.stringify({ seconds, cpuSeconds: (cpu.user + cpu.system) / 1e6, peakMiB: peakMiB() }));
