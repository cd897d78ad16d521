import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { scratch } from './scratch.ts';
import { type Answer, datasetsApi, kernelsApi, rpc } from './support.ts';

/** A process with a data folder is killed in the middle of its work, on each runtime that has files. */
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Served {
  url: string;
  loaded: object;
  added: object;
  child: ChildProcess;
  ask(method: string, body: object): Promise<Answer>;
}

const children: ChildProcess[] = [];

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
}
afterEach(() => Promise.all(children.splice(0).map(kill)));

/** Starts the server; rejects with what it says when it does not start. */
async function serve(program: string, args: readonly string[], ...own: string[]): Promise<Served> {
  const child = spawn(program, [...args, 'test/testing/data-server.ts', ...own], { cwd: root });
  children.push(child);
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('close', () => reject(new Error(said)));
  });
  const served = JSON.parse(line) as Served;
  const send = (request: Request) => fetch(new Request(`${served.url}${new URL(request.url).pathname}`, request));
  return { ...served, child, ask: (method, body) => rpc({ fetch: send }, method, body) };
}

async function bytesAt(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

describe.each<[string, string, string[]]>([
  ['Node 22', 'node_modules/node22/bin/node', ['--disable-warning=ExperimentalWarning']],
  ['Deno', 'node_modules/.bin/deno', ['run', '-A']],
  ['Bun', 'node_modules/.bin/bun', []],
])('%s', (_name, program, args) => {
  test('what was there before a kill is there after it', async () => {
    const bytes = new Uint8Array(randomBytes(300_000));
    const fixtures = scratch({ 'datasets/alice/from-folder/deep/a.bin': bytes });
    const data = scratch();
    const first = await serve(program, args, data, fixtures);
    expect([first.loaded, first.added]).toEqual([
      { datasets: 0, kernels: 0 },
      { datasets: 1, kernels: 0 },
    ]);
    const begin = { type: 'DATASET', name: 'b.bin', contentLength: bytes.length };
    const { json: session } = await first.ask('blobs.BlobApiService/StartBlobUpload', begin);
    const put = (start: number, end: number) =>
      fetch(session.createUrl, {
        method: 'PUT',
        headers: { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` },
        body: bytes.slice(start, end),
      });
    expect((await put(0, 262_144)).status).toBe(308);
    const push = async (served: Served, text: string, slug: string) => {
      const datasetDataSources = ['alice/from-folder'];
      const job = { slug: `alice/${slug}`, newTitle: slug, text, language: 'python', datasetDataSources };
      expect((await served.ask(`${kernelsApi}/SaveKernel`, job)).json.error).toBe('');
      const log = `${served.url}/v1/kernels/logs/stream/alice/${slug}`;
      const { body } = await fetch(log, {
        headers: { authorization: 'Bearer KGAT_test', accept: 'text/event-stream' },
      });
      return body!.pipeThrough(new TextDecoderStream()).getReader();
    };
    const copied = await push(first, 'copy', 'copy-kernel');
    while (!(await copied.read()).done);
    const waiting = await push(first, 'wait', 'wait-kernel');
    expect((await waiting.read()).value).toContain('wait');
    await kill(first.child);
    await waiting.cancel().catch(() => {});

    const second = await serve(program, args, data, fixtures);
    expect([second.loaded, second.added]).toEqual([
      { datasets: 1, kernels: 2 },
      { datasets: 0, kernels: 0 },
    ]);
    // The session's address is as good as before: the storage is where it was.
    const last = await put(262_144, bytes.length);
    expect(((await last.json()) as { size: string }).size).toBe('300000');
    const create = { ownerSlug: 'alice', slug: 'uploaded', title: 'Uploaded', files: [{ token: session.token }] };
    expect((await second.ask(`${datasetsApi}/CreateDataset`, create)).json.status).toBe('ok');
    for (const [datasetSlug, fileName] of [
      ['from-folder', 'deep/a.bin'],
      ['uploaded', 'b.bin'],
    ]) {
      const asked = { ownerSlug: 'alice', datasetSlug, fileName };
      const { headers } = await second.ask(`${datasetsApi}/DownloadDatasetRaw`, asked);
      expect(await bytesAt(headers.get('location')!)).toEqual(bytes);
    }
    const kernel = (kernelSlug: string) => ({ userName: 'alice', kernelSlug });
    const { json: output } = await second.ask(`${kernelsApi}/ListKernelSessionOutput`, kernel('copy-kernel'));
    expect(await bytesAt(output.files[0].url)).toEqual(bytes);
    expect(JSON.parse(output.log)).toMatchObject([{ stream_name: 'stdout', data: 'copy\n' }]);
    expect((await second.ask(`${kernelsApi}/GetKernelSessionStatus`, kernel('wait-kernel'))).json).toEqual({
      status: 'ERROR',
      failureMessage: 'the emulator stopped while the kernel was running',
    });
    await expect(serve(program, args, data, fixtures)).rejects.toThrow(`process ${second.child.pid}`);
  });
});
