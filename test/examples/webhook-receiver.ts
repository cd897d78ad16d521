import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook } from '../../src/services/jobs/index.ts';

/** An authentic message. */
export interface Delivery {
  id: string;
  payload: { type: string; data: { id: string; step: string; error?: { message: string }; files?: { key: string }[] } };
}

export interface Receiver {
  readonly url: string;
  /** All messages with a valid signature, in the order of their arrival. */
  readonly deliveries: readonly Delivery[];
  /** Number of messages without one. */
  readonly refused: number;
  /** Decides the status of the response; 0 never responds. */
  respond: (delivery: Delivery) => number;
  close(): void;
}

/** Serves a receiver of webhooks that verifies them. */
export async function receiveWebhooks(secret: string): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  let refused = 0;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    try {
      const { id, payload } = await verifyWebhook({ headers: request.headers, body }, secret);
      const delivery = { id, payload } as Delivery;
      deliveries.push(delivery);
      const status = receiver.respond(delivery);
      if (status > 0) response.writeHead(status).end();
    } catch {
      refused++;
      response.writeHead(401).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    deliveries,
    get refused() {
      return refused;
    },
    respond: () => 204,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}
