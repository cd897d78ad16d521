/** The adapter for node:http, Express and others with the same objects: `kaggle-ts/proxy/node`. */
import { readIncoming } from './node-request.ts';
import { closeUnread, sendResponse } from './node-response.ts';
import type { NodeIncoming, NodeOutgoing } from './node-types.ts';
import { Refusal } from './refusal.ts';
import { errorResponse } from './responses.ts';
import type { KaggleProxy } from './types.ts';

export type { NodeIncoming, NodeOutgoing } from './node-types.ts';
export type { KaggleProxy } from './types.ts';

/**
 * Returns a request listener for node:http, node:https and node:http2, and a handler for Express. Bodies are streamed in both
 * directions, and a client that disconnects ends the request to Kaggle. Mount it before middleware that reads bodies.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { createClient } from 'kaggle-ts';
 * import { createProxy, readOnly } from 'kaggle-ts/proxy';
 * import { nodeHandler } from 'kaggle-ts/proxy/node';
 *
 * const proxy = createProxy({ client: createClient(), allow: readOnly, authorize: () => true });
 * const server = createServer(nodeHandler(proxy));
 * // Large uploads take longer than Node's default of five minutes.
 * server.requestTimeout = 0;
 * server.listen(8080);
 * ```
 */
export function nodeHandler(proxy: KaggleProxy): (incoming: NodeIncoming, outgoing: NodeOutgoing) => Promise<void> {
  return async (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) gone.abort(new Error('the client closed the connection'));
    });
    const info = { address: incoming.socket.remoteAddress };
    try {
      const read = readIncoming(incoming, gone.signal);
      const response = read
        ? await proxy.fetch(read.request, info)
        : errorResponse(new Refusal(400, 'the request line or a header is invalid', 'path'));
      await sendResponse(response, incoming, outgoing, gone.signal);
      closeUnread(incoming, outgoing, read?.drop);
    } catch {
      // The body broke off: a response that has begun cannot say so in another way.
      outgoing.destroy();
    }
  };
}
