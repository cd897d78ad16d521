/** The members of `IncomingMessage` of node:http that are used. */
export interface NodeIncoming {
  /** HTTP method. */
  readonly method?: string | undefined;
  /** Path and query. */
  readonly url?: string | undefined;
  /** The whole path, if a framework such as Express changed `url`. */
  readonly originalUrl?: string | undefined;
  /** Names and values of the headers, in turn. */
  readonly rawHeaders: readonly string[];
  /** Whether the whole request has arrived. */
  readonly complete: boolean;
  /** Whether the whole body has been read. */
  readonly readableEnded: boolean;
  /** The connection. */
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean | undefined };
  /** Adds a listener. */
  // biome-ignore lint/suspicious/noExplicitAny: events have different arguments
  on(event: string, listener: (...values: any[]) => void): unknown;
  /** Removes a listener. */
  // biome-ignore lint/suspicious/noExplicitAny: events have different arguments
  off(event: string, listener: (...values: any[]) => void): unknown;
  /** Stops reading the body. */
  pause(): unknown;
  /** Continues reading the body. */
  resume(): unknown;
  /** Closes the connection. */
  destroy(): unknown;
}

/** The members of `ServerResponse` of node:http that are used. */
export interface NodeOutgoing {
  /** Whether the whole response has been sent. */
  readonly writableFinished: boolean;
  /** Whether the headers have been sent. */
  readonly headersSent: boolean;
  /** Sets the status and the headers. */
  writeHead(status: number, headers: Record<string, string | string[]>): unknown;
  /** Sends the headers at once. */
  flushHeaders(): void;
  /** Sends a part of the body. Returns `false` if the connection should drain first. */
  write(chunk: Uint8Array): boolean;
  /** Ends the response. */
  end(): unknown;
  /** Closes the connection. */
  destroy(): unknown;
  /** Adds a listener for the next event. */
  once(event: string, listener: () => void): unknown;
}
