import type { Injected } from './book.ts';
import { cut, stallForever } from './connection.ts';
import type { BodyFault } from './row.ts';

/** The effect of a fault on a request body of `length` bytes, if it has one. */
export function bodyFault(injected: Injected | undefined, length: number): BodyFault | undefined {
  return injected?.row.body?.(injected.fault, length);
}

/**
 * Returns the response of a fault that replaces the handling of the request, or `undefined`. Throws `ConnectionCut` if
 * the fault breaks the connection. `isUpload`: the body is stored up to the fault, so `putUpload` applies it.
 */
export async function respondInstead(
  injected: Injected,
  request: Request,
  isUpload: boolean,
): Promise<Response | undefined> {
  const { row, fault } = injected;
  await row.before?.(fault, request);
  const body = bodyFault(injected, 0);
  if (fault.when === 'after' || (isUpload && body)) return undefined;
  if (body?.next === 'cut') throw cut();
  if (body?.next === 'silence') await stallForever(request.signal);
  return row.answer?.(fault, request);
}

/** Applies a fault to an upload after a part of its body has been stored. */
export async function breakOff(
  { row, fault }: Injected,
  next: BodyFault['next'],
  request: Request,
): Promise<Response | undefined> {
  if (next === 'cut') throw cut();
  if (next === 'silence') await stallForever(request.signal);
  return next === 'answer' ? row.answer?.(fault, request) : undefined;
}

/** Applies a fault to the response of a request that was handled. */
export async function damage(response: Response, { row, fault }: Injected, request: Request): Promise<Response> {
  if (fault.when === 'after' && row.answer) {
    await response.body?.cancel();
    return row.answer(fault, request);
  }
  return row.damage?.(response, fault, request) ?? response;
}
