import type { Injected } from './book.ts';
import { cut, silence } from './connection.ts';
import type { BodyFault } from './row.ts';

/** What the fault does to the body of a request of `length` bytes; `undefined` if nothing. */
export function bodyFault(injected: Injected | undefined, length: number): BodyFault | undefined {
  return injected?.row.body?.(injected.fault, length);
}

/**
 * The answer of a fault by which the request does nothing, or `undefined`. Throws `ConnectionCut` where there is none.
 * `isUpload`: the body of the request is stored as far as it goes, so only its receiver can break it off.
 */
export async function insteadOf(
  injected: Injected,
  request: Request,
  isUpload: boolean,
): Promise<Response | undefined> {
  const { row, fault } = injected;
  await row.before?.(fault, request);
  const body = bodyFault(injected, 0);
  if (fault.when === 'after' || (isUpload && body)) return undefined;
  if (body?.next === 'cut') throw cut();
  if (body?.next === 'silence') await silence(request.signal);
  return row.answer?.(fault, request);
}

/** What comes of an upload after the stored part of its body. */
export async function breakOff(
  { row, fault }: Injected,
  next: BodyFault['next'],
  request: Request,
): Promise<Response | undefined> {
  if (next === 'cut') throw cut();
  if (next === 'silence') await silence(request.signal);
  return next === 'answer' ? row.answer?.(fault, request) : undefined;
}

/** The answer to a request that was handled, damaged as the fault says. */
export async function damage(response: Response, { row, fault }: Injected, request: Request): Promise<Response> {
  if (fault.when === 'after' && row.answer) {
    await response.body?.cancel();
    return row.answer(fault, request);
  }
  return row.damage?.(response, fault, request) ?? response;
}
