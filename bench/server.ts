/**
 * The server of the bench, run by Bun as a process of its own: answers every GetKernelSessionStatus with the same few
 * bytes and does nothing else, so that what is measured is the client. Prints its address and lives until it is killed.
 */
import process from 'node:process';

interface BunServer {
  serve(options: { port: number; hostname: string; fetch(request: Request): Promise<Response> }): { port: number };
}

const { Bun } = globalThis as unknown as { Bun: BunServer };
const path = '/api/v1/kernels.KernelsApiService/GetKernelSessionStatus';
const answer = JSON.stringify({ status: 'RUNNING', failureMessage: '' });

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const body = await request.text();
    const wanted = request.method === 'POST' && pathname === path && body.includes('"kernelSlug"');
    if (!wanted) return new Response('not a call of the bench', { status: 404 });
    return new Response(answer, { headers: { 'content-type': 'application/json' } });
  },
});
process.stdout.write(`http://127.0.0.1:${server.port}\n`);
