import type { Answer } from '../control.ts';

const moment = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The chunks of a body, changed, cut into pieces, and broken off as the rule says. */
async function* pieces(rule: Answer, body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const end = rule.cut ?? Number.POSITIVE_INFINITY;
  let position = 0;
  for await (const chunk of body ?? []) {
    const copy = chunk.slice(0, Math.max(0, end - position));
    const flipped = (rule.flip ?? -1) - position;
    if (flipped >= 0 && flipped < copy.length) copy[flipped] = copy[flipped]! ^ 1;
    const size = rule.pieceSize ?? copy.length;
    for (let start = 0; start < copy.length; start += size) {
      yield copy.subarray(start, start + size);
      if (rule.pieceSize) await moment(2);
    }
    position += chunk.length;
    if (position >= end) {
      // What was written before the break should have left the machine.
      await moment(50);
      throw new Error('broken off, as asked');
    }
  }
}

/** The response, changed as the rule says. */
export function alter(rule: Answer, response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(rule.headers ?? {})) headers.set(name, value);
  if (rule.cut === undefined && rule.flip === undefined && rule.pieceSize === undefined) {
    return new Response(response.body, { status: response.status, headers });
  }
  const source = pieces(rule, response.body);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await source.return(undefined);
    },
  });
  return new Response(body, { status: response.status, headers });
}
