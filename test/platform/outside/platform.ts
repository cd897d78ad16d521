import { createHash } from 'node:crypto';
import type { Platform, StateStore, StreamPut } from '../../../src/index.ts';
import { keyedFiles } from './files.ts';

/** What a runtime brings: here, what sends its requests and where its values are. */
export interface Drive {
  readonly send: (request: Request) => Promise<Response>;
  readonly values: Parameters<typeof keyedFiles>[0];
  readonly state: StateStore;
  readonly variables: Readonly<Record<string, string>>;
}

/** A platform as a user of the package writes it for a runtime that the package does not know. */
export function drivePlatform({ send, values, state, variables }: Drive): Platform {
  return {
    name: 'drive',
    concurrency: 2,
    env: (name) => variables[name],
    fs: keyedFiles(values),
    state,
    hasher(algorithm) {
      if (algorithm !== 'md5') return undefined;
      const hash = createHash('md5');
      return { update: (data) => void hash.update(data), digest: () => new Uint8Array(hash.digest()) };
    },
    fetch: send,
    put: (request) => put(request, send),
  };
}

/** Sends a body in one piece, as a runtime would whose `fetch` takes no streams. */
async function put(request: StreamPut, send: Drive['send']): Promise<Response> {
  const { url, headers, length, signal } = request;
  const body = new Uint8Array(length);
  for (let done = 0; done < length; ) done += await request.read(body.subarray(done));
  const answer = await send(new Request(url, { method: 'PUT', headers, body, signal }));
  request.sent(length);
  return answer;
}
