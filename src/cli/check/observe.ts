/** One request and what became of it, without the credential. */
export interface Exchange {
  /** Which part of the check it belongs to. */
  readonly section: string;
  readonly method: string;
  readonly url: string;
  /** Of the request; Authorization is left out. */
  readonly headers: Headers;
  /** How a credential was sent, if one was. */
  readonly scheme: string | undefined;
  /** The JSON of an RPC. */
  readonly body: unknown;
  /** Bytes of another body, where known. */
  readonly sent: number | undefined;
  /** Milliseconds of the observer's clock. */
  readonly at: number;
  answeredAt?: number;
  /** Absent where no answer came. */
  status?: number;
  answer?: Headers;
  /** The body as far as it was read, where it is text. */
  text?: string;
  /** Bytes of the body that were read. */
  received: number;
  /** How it ended: `cut` where the connection broke, before or within the answer. */
  end?: 'whole' | 'cut' | 'canceled';
}

/** A `fetch` that keeps what goes over the wire. */
export interface Observer {
  fetch(request: Request): Promise<Response>;
  readonly exchanges: readonly Exchange[];
  /** What the next requests belong to. */
  section: string;
  now(): number;
}

/** Characters of one body that are kept. */
const mostText = 4 * 1024 * 1024;

const isText = (headers: Headers | undefined): boolean =>
  /^(?:text\/|application\/(?:json|xml|problem))/i.test(headers?.get('content-type') ?? '');

async function describe(request: Request): Promise<{ body: unknown; sent: number | undefined }> {
  if (!request.body) return { body: undefined, sent: undefined };
  if (/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    const text = await request.clone().text();
    try {
      return { body: JSON.parse(text || '{}'), sent: undefined };
    } catch {
      return { body: undefined, sent: text.length };
    }
  }
  const part = /^bytes (\d+)-(\d+)\//.exec(request.headers.get('content-range') ?? '');
  if (part) return { body: undefined, sent: Number(part[2]) - Number(part[1]) + 1 };
  const length = request.headers.get('content-length');
  // Without a header the body is in memory: a copy costs nothing.
  return { body: undefined, sent: length === null ? (await request.clone().arrayBuffer()).byteLength : Number(length) };
}

/** The response, whose body is noted while the caller reads it, and only as fast. */
function noted(response: Response, exchange: Exchange, address: string): Response {
  const reader = response.body?.getReader();
  if (!reader) {
    exchange.end = 'whole';
    return response;
  }
  const decoder = isText(exchange.answer) ? new TextDecoder() : undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            exchange.end = 'whole';
            return controller.close();
          }
          exchange.received += value.length;
          const text = exchange.text ?? '';
          if (decoder && text.length < mostText) exchange.text = text + decoder.decode(value, { stream: true });
          controller.enqueue(value);
        } catch (error) {
          exchange.end = 'cut';
          controller.error(error);
        }
      },
      cancel(reason) {
        exchange.end = 'canceled';
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  const { status, statusText, headers } = response;
  return Object.defineProperty(new Response(body, { status, statusText, headers }), 'url', { value: address });
}

/** Wraps `fetch`: everything that a client sends through it can be read afterwards. */
export function observe(
  fetch: (request: Request) => Promise<Response>,
  now: () => number = () => performance.now(),
): Observer {
  const exchanges: Exchange[] = [];
  const observer = {
    exchanges,
    section: '',
    now,
    async fetch(request: Request): Promise<Response> {
      const headers = new Headers(request.headers);
      const scheme = headers.get('authorization')?.split(' ')[0];
      headers.delete('authorization');
      headers.delete('proxy-authorization');
      const { method, url } = request;
      const asked = await describe(request);
      const { section } = observer;
      const exchange: Exchange = { section, method, url, headers, scheme, ...asked, at: now(), received: 0 };
      exchanges.push(exchange);
      try {
        const response = await fetch(request);
        exchange.answeredAt = now();
        exchange.status = response.status;
        exchange.answer = response.headers;
        return noted(response, exchange, response.url || url);
      } catch (error) {
        exchange.end = 'cut';
        throw error;
      }
    },
  };
  return observer;
}
