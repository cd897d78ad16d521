import { parseJson } from '../core/codec/json.ts';
import { readAnswer } from './ask.ts';
import { type Exchange, hide } from './exchange.ts';
import { Refusal } from './refusal.ts';
import { relayBody } from './relay-body.ts';
import { jsonResponse, passedHeaders } from './responses.ts';
import { sealAnswer } from './rewrite.ts';

/** Sends JSON of Kaggle to the page, without secrets. */
export async function relayJson(response: Response, exchange: Exchange, what: string): Promise<Response> {
  const text = await readAnswer(response, exchange);
  let json: unknown;
  try {
    json = parseJson(text ?? '');
  } catch {
    throw new Refusal(502, `${what}: the response of Kaggle is not JSON, or too large; try again`);
  }
  const safe = hide(JSON.stringify(await sealAnswer(json, exchange)), exchange);
  if (safe.length <= quicklySent) return jsonResponse(safe, response.status, response);
  const { limits, hold } = exchange;
  const body = relayBody(piecesOf(safe), { silence: 0, stall: limits.stall, end: hold() });
  return jsonResponse(body, response.status, response);
}

/** Characters of JSON that are left to the network. Whoever does not read more is limited in requests and time. */
const quicklySent = 65_536;

/** Text as a stream of small pieces, each of which has to be read in time. */
function piecesOf(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        controller.enqueue(bytes.subarray(at, at + quicklySent));
        at += quicklySent;
        if (at >= bytes.length) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Sends a file of Kaggle to the page while it arrives. */
export function relayFile(response: Response, { limits, hold }: Exchange): Response {
  const { status, body } = response;
  const headers = passedHeaders(response);
  headers.set('content-disposition', 'attachment');
  const relayed = body && relayBody(body, { silence: limits.timeout, stall: limits.stall, end: hold() });
  return new Response(relayed, { status, headers });
}

/** Characters of a line of the log, as the client allows. */
const longestLine = 16 * 2 ** 20;

/** Passes whole lines, without the credential. A line that has not ended is kept back. */
function hidden(exchange: Exchange): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let pending = '';
  return new TransformStream({
    transform(chunk, controller) {
      const text = pending + decoder.decode(chunk, { stream: true });
      const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
      pending = text.slice(end);
      if (pending.length > longestLine) throw new Error('a line of the log is too long');
      if (end > 0) controller.enqueue(encoder.encode(hide(text.slice(0, end), exchange)));
    },
    flush(controller) {
      const rest = hide(pending + decoder.decode(), exchange);
      if (rest) controller.enqueue(encoder.encode(rest));
    },
  });
}

/** Sends a stream of events to the page. A run may print nothing for any time. */
export function relayStream(response: Response, exchange: Exchange): Response {
  const { limits, hold } = exchange;
  const headers = passedHeaders(response, []);
  headers.set('content-type', 'text/event-stream; charset=utf-8');
  // For nginx and others, which otherwise wait for more.
  headers.set('x-accel-buffering', 'no');
  const body = response.body?.pipeThrough(hidden(exchange) as TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>);
  return new Response(body && relayBody(body, { silence: 0, stall: limits.stall, end: hold() }), { headers });
}
