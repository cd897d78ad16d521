import { abortable } from '../core/abortable.ts';
import { growingBytes } from '../core/bytes/growing-bytes.ts';
import { startDeadline } from '../core/rpc/deadline.ts';
import type { Limits } from './limits.ts';
import { Refusal } from './refusal.ts';

/** Bytes per second: a slower body is refused. */
export const slowest: number = 8 * 1024;

/** The error for a body that stalls or is too slow. */
export const lateBody = (): Refusal =>
  new Refusal(408, 'the body did not arrive in time (limits.stall)', 'limits.stall');

/** Reads a small body into memory. Throws `Refusal` if it is larger than `requestBytes`, or arrives too slowly. */
export async function readBytes(
  { headers, body, signal }: Request,
  { requestBytes, stall }: Limits,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () =>
    new Refusal(413, `the body has more than ${requestBytes} bytes (limits.requestBytes)`, 'limits.requestBytes');
  const announced = Number(headers.get('content-length') ?? requestBytes);
  if (announced > requestBytes) throw tooLarge();
  const reader = body?.getReader();
  const deadline = startDeadline('body', stall + announced / slowest, [signal]);
  const received = growingBytes();
  try {
    for (;;) {
      const { done, value } = (await (reader && abortable(reader.read(), deadline.signal))) ?? { done: true };
      if (done || !value) return received.slice(0, received.size) as Uint8Array<ArrayBuffer>;
      if (received.size + value.length > requestBytes) throw tooLarge();
      received.write(value, received.size);
    }
  } catch (error) {
    // Not awaited: the stream of a stalled connection may never end.
    reader?.cancel().catch(() => undefined);
    if (error instanceof Refusal) throw error;
    signal.throwIfAborted();
    if (!deadline.signal.aborted) throw error;
    throw lateBody();
  } finally {
    deadline.stop();
  }
}
