/** `curl.ts URL CALLS WARM_UP`: the same calls by one curl over one connection, the limit of what a client can do. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const [url, calls, warmUp] = process.argv.slice(2) as [string, string, string];

/** One block of curl's configuration for each call. */
function blocks(times: number): string {
  const block = [
    `url = "${url}/api/v1/kernels.KernelsApiService/GetKernelSessionStatus"`,
    'header = "content-type: application/json"',
    'header = "authorization: Bearer KGAT_test"',
    String.raw`data = "{\"userName\":\"bench\",\"kernelSlug\":\"my-kernel\"}"`,
    'output = "/dev/null"',
    'silent\nfail',
  ].join('\n');
  return Array.from({ length: times }, () => block).join('\nnext\n');
}

function run(times: number): number {
  const input = blocks(times);
  const started = performance.now();
  const { status, stderr } = spawnSync('curl', ['--config', '-'], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`curl ended with ${status}: ${stderr}`);
  return (performance.now() - started) / 1000;
}

run(Math.max(1, Number(warmUp)));
console.log(JSON.stringify({ seconds: run(Number(calls)) }));
