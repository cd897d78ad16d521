/** Handlers for msw (an optional peer): a whole emulator, or single methods, for users' own tests. */
import { type HttpHandler, HttpResponse, http } from 'msw';
import { checkMembers } from '../core/check-members.ts';
import { parseJson } from '../core/codec/json.ts';
import type { Init } from '../core/codec/message.ts';
import { ValidationError } from '../core/errors.ts';
import type { Method } from '../core/rpc/method.ts';
import type { Emulator } from './emulator.ts';

const baseUrls = ['https://api.kaggle.com', 'http://localhost', 'http://localhost:7777', 'https://*.kaggle.com'];

/** Routes requests to Kaggle's servers, to `endpoint` if it is given, and to the emulator's storage, to the emulator. */
export function handlers(
  emulator: Pick<Emulator, 'fetch' | 'options'>,
  options: { endpoint?: string } = {},
): HttpHandler[] {
  if (typeof emulator?.fetch !== 'function') {
    throw new ValidationError('handlers: pass an emulator: handlers(createEmulator())');
  }
  checkMembers('handlers', options, { endpoint: 'a string' });
  const origins = [
    ...(options.endpoint ? [new URL(options.endpoint).origin] : baseUrls),
    emulator.options.storageOrigin,
  ];
  return origins.map((origin) =>
    http.all(`${origin}/*`, async ({ request }) => {
      try {
        return await emulator.fetch(request);
      } catch {
        return HttpResponse.error();
      }
    }),
  );
}

/** What a resolver is given. */
export interface MockedCall<Req> {
  /** The request, read by the method's schema: defaults filled. */
  request: Req;
  /** The HTTP request itself; its body was read. */
  raw: Request;
}

/** Answers a method: with a message (fields may be left out), or with a response of its own. */
export type MockResolver<Req, Res> = (
  call: MockedCall<Req>,
) => Init<Res> | Response | undefined | Promise<Init<Res> | Response | undefined>;

/**
 * A handler for one method, on whatever base address it is called. The resolver's answer is checked and encoded by the
 * method's schema; a `Response` is sent as it is. `undefined` is the empty answer. What the resolver throws, and an answer
 * that is invalid, reject the call with the reason: by a 400, which is not repeated.
 */
export function mock<Req, Res>(method: Method<Req, Res>, resolver: MockResolver<Req, Res>): HttpHandler {
  return http.post(`*/${method.service}/${method.name}`, async ({ request }) => {
    try {
      const json = parseJson((await request.clone().text()) || '{}');
      const result = await resolver({ request: method.request.decode(json), raw: request });
      if (result instanceof Response) return result;
      const body = method.response ? method.response.encode(result ?? {}) : {};
      return new HttpResponse(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
    } catch (error) {
      // Responses may be thrown, too.
      if (error instanceof Response) throw error;
      const message = `the mock of ${method.name} failed: ${(error as Error)?.message ?? error}`;
      return HttpResponse.json({ code: 400, message }, { status: 400 });
    }
  });
}

/** A handler that answers a method with an error, as Kaggle's servers do. */
export function mockError(
  method: Method,
  error: { status: number; code?: number; message?: string; headers?: Record<string, string> },
): HttpHandler {
  checkMembers('mockError', error, { status: 'a number', code: 'a number', message: 'a string', headers: 'an object' });
  const { status, code = status, message = `HTTP ${status}`, headers = {} } = error;
  return http.post(`*/${method.service}/${method.name}`, () =>
    HttpResponse.json({ code, message }, { status, headers }),
  );
}
