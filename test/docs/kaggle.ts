/** What snippets import as `kaggle-ts` when they are run: clients without an address of their own reach the emulator. */
import {
  type ClientOptions,
  createClient as createClientOfNode,
  createKaggle as createKaggleOfNode,
  type Kaggle,
  type KaggleClient,
} from '../../src/node.ts';
import { pyodideExecutor, type ServedEmulator, serveEmulator } from '../../src/testing/index.ts';

export * from '../../src/node.ts';

/** The one emulator of a run; it is reset before each snippet. */
export const served: ServedEmulator = await serveEmulator({
  executor: pyodideExecutor({ spare: true }),
  fixtures: {
    datasets: [{ owner: 'alice', slug: 'my-points', title: 'My points', files: { 'points.csv': '1\n2\n' } }],
    kernels: [
      {
        owner: 'alice',
        slug: 'my-training',
        title: 'My training',
        text: 'print("trained")',
        output: { 'result.json': '{"total": 6}' },
        log: [{ stream_name: 'stdout', time: 0.5, data: 'trained\n' }],
      },
    ],
  },
});

export function createClient(options: ClientOptions = {}): KaggleClient {
  return createClientOfNode({ endpoint: served.url, ...options });
}

export function createKaggle(options: ClientOptions = {}): Kaggle {
  return createKaggleOfNode({ endpoint: served.url, ...options });
}
