/** One request and its response, without the credential. */
export interface Exchange {
  /** The part of the check that sent it. */
  readonly section: string;
  readonly method: string;
  readonly url: string;
  /** Request headers, without Authorization. */
  readonly headers: Headers;
  /** How a credential was sent, if one was. */
  readonly scheme: string | undefined;
  /** The JSON of an RPC. */
  readonly body: unknown;
  /** Size in bytes of any other body, if known. */
  readonly sent: number | undefined;
  /** Start time in milliseconds, by the observer's clock. */
  readonly at: number;
  answeredAt?: number;
  /** HTTP status; absent without a response. */
  status?: number;
  answer?: Headers;
  /** The part of a text body that was read. */
  text?: string;
  /** Number of bytes of the body that were read. */
  received: number;
  /** How it ended: `cut` if the connection broke before or during the response. */
  end?: 'whole' | 'cut' | 'canceled';
}

/** A `fetch` that records requests and responses. */
export interface Observer {
  fetch(request: Request): Promise<Response>;
  readonly exchanges: readonly Exchange[];
  /** The part of the check that sends the next requests. */
  section: string;
  now(): number;
}

/** Maximum length of a recorded body in characters. */
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

/** The response; its body is recorded while the caller reads it, without reading ahead. */
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

/** Wraps `fetch`, and records everything that a client sends through it. */
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
