/** A whole job through msw's server, with whatever versions of the peers are installed here; prints what came of it. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { createClient } from 'kaggle-ts';
import { get, run } from 'kaggle-ts/kernels';
import { getKernel } from 'kaggle-ts/services/kernels';
import { createEmulator, pyodideExecutor } from 'kaggle-ts/testing';
import { handlers, mockError } from 'kaggle-ts/testing/msw';
import { setupServer } from 'msw/node';

const notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: 'python3', language: 'python', display_name: 'Python 3' } },
  cells: [
    'import asyncio, csv\nawait asyncio.sleep(0)\nprint("six times seven", 6 * 7)',
    'with open("answer.csv", "w") as f: csv.writer(f).writerow([6 * 7])',
    'try:\n    import js\n    print("reached", js.process.env)\nexcept BaseException as error:\n    print("held")',
  ].map((source) => ({ cell_type: 'code', metadata: {}, outputs: [], execution_count: null, source })),
};

const emulator = createEmulator({ executor: pyodideExecutor() });
const server = setupServer(...handlers(emulator));
// The names of one option in msw 2 and in msw 3.
server.listen(/** @type {object} */ ({ onUnhandledRequest: 'error', onUnhandledFrame: 'error' }));
const client = createClient({ token: 'KGAT_test', retry: 0 });
const { status, log } = await run(client, {
  slug: 'peers-job',
  text: JSON.stringify(notebook),
  language: 'python',
  kernelType: 'notebook',
  output: './out',
});
server.use(mockError(getKernel, { status: 403, message: 'Permission denied' }));
const refused = await get(client, 'alice/peers-job').catch((error) => error.name);
server.close();
await emulator.close();
const text = log.map(({ data }) => data).join('');
process.stdout.write(JSON.stringify({ status, text, answer: await readFile('out/answer.csv', 'utf8'), refused }));
