import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { createEmulator, type Emulator, type EmulatorOptions, scriptedExecutor } from '../../src/testing/index.ts';

/** What a client asked of the storage. */
export interface Traffic {
  /** The Range of each GET. */
  gets: (string | null)[];
  /** Bytes of bodies that the answers announced. */
  bytes: number;
  /** Methods of the API, and `PUT`, in order. */
  calls: string[];
}

/** A client of an emulator of its own, without waiting times, and what goes to and fro between them. */
export function setUp(options: EmulatorOptions = {}): { emulator: Emulator; client: KaggleClient; traffic: Traffic } {
  const emulator = createEmulator({ executor: scriptedExecutor(() => {}), lag: 0, processing: 0, ...options });
  const traffic: Traffic = { gets: [], bytes: 0, calls: [] };
  const client = createClient({
    token: 'KGAT_test',
    platform: { ...nodePlatform(), state: undefined },
    fetch: async (request) => {
      const { method } = request;
      const path = new URL(request.url).pathname;
      const range = request.headers.get('range');
      const response = await emulator.fetch(request);
      traffic.calls.push(method === 'POST' ? path.slice(path.lastIndexOf('/') + 1) : method);
      if (method === 'GET') {
        traffic.gets.push(range);
        traffic.bytes += Number(response.headers.get('content-length') ?? 0);
      }
      return response;
    },
  });
  return { emulator, client, traffic };
}
