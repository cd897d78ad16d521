/** The members of `IncomingMessage` of node:http that are used. */
export interface NodeIncoming {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The whole path, if a framework such as Express changed `url`. */
  readonly originalUrl?: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly complete: boolean;
  readonly readableEnded: boolean;
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean | undefined };
  // biome-ignore lint/suspicious/noExplicitAny: events have different arguments
  on(event: string, listener: (...values: any[]) => void): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: events have different arguments
  off(event: string, listener: (...values: any[]) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  destroy(): unknown;
}

/** The members of `ServerResponse` of node:http that are used. */
export interface NodeOutgoing {
  readonly writableFinished: boolean;
  readonly headersSent: boolean;
  writeHead(status: number, headers: Record<string, string | string[]>): unknown;
  flushHeaders(): void;
  write(chunk: Uint8Array): boolean;
  end(): unknown;
  destroy(): unknown;
  once(event: string, listener: () => void): unknown;
}
