/** What of Bun the server uses; the project has no types of Bun. */
export interface BunSocket {
  /** Bytes that were taken; less than given when the other side does not read, -1 when it is gone. */
  write(data: Uint8Array | string): number;
  end(): void;
  pause(): void;
  resume(): void;
}

export interface SocketHandlers<Data> {
  open(socket: BunSocket & { data: Data }): void;
  data(socket: BunSocket & { data: Data }, chunk: Uint8Array): void;
  drain(socket: BunSocket & { data: Data }): void;
  close(socket: BunSocket & { data: Data }): void;
  error(socket: BunSocket & { data: Data }, error: Error): void;
}

interface Place {
  port: number;
  hostname: string;
  tls?: { cert: string; key: string } | undefined;
}

interface BunApi {
  serve(options: Place & { fetch(request: Request): Promise<Response> }): { port: number };
  listen<Data>(options: Place & { socket: SocketHandlers<Data> }): { port: number };
}

export const Bun: BunApi = (globalThis as unknown as { Bun: BunApi }).Bun;
