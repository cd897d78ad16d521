/**
 * Request handlers for [msw](https://mswjs.io), an optional peer dependency: a whole emulator, or single methods, for
 * your own tests.
 */
import { type HttpHandler, HttpResponse, http } from 'msw';
import { checkMembers } from '../core/check-members.ts';
import { parseJson } from '../core/codec/json.ts';
import type { Init } from '../core/codec/message.ts';
import { ValidationError } from '../core/errors.ts';
import { shown } from '../core/options/field.ts';
import type { Method } from '../core/rpc/method.ts';
import type { Emulator } from './emulator.ts';

const baseUrls = ['https://api.kaggle.com', 'http://localhost', 'http://localhost:7777', 'https://*.kaggle.com'];

/**
 * Routes requests for Kaggle's servers to an emulator, and requests for the emulator's storage as well.
 *
 * @param emulator - The result of `createEmulator()`.
 * @param options - `endpoint`: URL that your client calls; only its origin is routed then, instead of Kaggle's servers.
 * @returns One handler for each origin, for `setupServer(...)` or `setupWorker(...)`.
 * @throws `ValidationError` if an argument is invalid.
 *
 * @example
 * ```ts
 * import { setupServer } from 'msw/node';
 * import { createEmulator } from 'kaggle-ts/testing';
 * import { handlers } from 'kaggle-ts/testing/msw';
 *
 * const server = setupServer(...handlers(createEmulator()));
 * server.listen();
 * ```
 */
export function handlers(
  emulator: Pick<Emulator, 'fetch' | 'options'>,
  options: { endpoint?: string } = {},
): HttpHandler[] {
  if (typeof emulator?.fetch !== 'function') {
    throw new ValidationError(`handlers: expected an emulator, handlers(createEmulator()), got ${shown(emulator)}`);
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

/** One call of a mocked method. */
export interface MockedCall<Req> {
  /** The decoded request, with default values filled in. */
  request: Req;
  /** The HTTP request, for its headers and URL. Its body has been read. */
  raw: Request;
}

/**
 * Computes the response to a mocked method: a message, in which fields may be left out; a `Response`, which is sent
 * unchanged; or `undefined` for an empty message.
 */
export type MockResolver<Req, Res> = (
  call: MockedCall<Req>,
) => Init<Res> | Response | undefined | Promise<Init<Res> | Response | undefined>;

/** Throws `ValidationError` for an argument that is not a method. */
function checkMethod(what: string, method: Partial<Method> | undefined): void {
  if (typeof method?.service === 'string' && typeof method.request === 'object') return;
  throw new ValidationError(
    `${what}: expected a method, such as getKernel from kaggle-ts/services/kernels, got ${shown(method)}`,
  );
}

/**
 * Mocks one method, whatever the base URL of the call. The schema of the method decodes the request, and checks and
 * encodes the response.
 *
 * If the resolver throws an error or returns an invalid message, the call fails with HTTP 400 and the reason, without
 * retries. A thrown `Response` is sent.
 *
 * @param method - A method constant of `kaggle-ts/services/<area>`.
 * @param resolver - Computes the response.
 * @throws `ValidationError` if an argument is invalid.
 *
 * @example
 * ```ts
 * import { setupServer } from 'msw/node';
 * import { getKernelSessionStatus } from 'kaggle-ts/services/kernels';
 * import { mock } from 'kaggle-ts/testing/msw';
 *
 * const status = mock(getKernelSessionStatus, ({ request }) => ({
 *   status: request.kernelSlug === 'my-job' ? 'COMPLETE' : 'RUNNING',
 * }));
 * const server = setupServer(status);
 * server.listen();
 * ```
 */
export function mock<Req, Res>(method: Method<Req, Res>, resolver: MockResolver<Req, Res>): HttpHandler {
  checkMethod('mock', method as Method);
  if (typeof resolver !== 'function') {
    throw new ValidationError(`mock: expected a resolver, such as () => ({ ... }), got ${shown(resolver)}`);
  }
  return http.post(`*/${method.service}/${method.name}`, async ({ request }) => {
    let problem = 'invalid request';
    try {
      const json = parseJson((await request.clone().text()) || '{}');
      const call = { request: method.request.decode(json), raw: request };
      problem = 'the resolver threw an error';
      const result = await resolver(call);
      if (result instanceof Response) return result;
      problem = 'the resolver returned an invalid message';
      const body = method.response ? method.response.encode(result ?? {}) : {};
      return new HttpResponse(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
    } catch (error) {
      if (error instanceof Response) throw error;
      const message = `mock of ${method.name}: ${problem}: ${(error as Error)?.message ?? error}`;
      return HttpResponse.json({ code: 400, message }, { status: 400 });
    }
  });
}

/**
 * Mocks one method with an error response, in the flat form of `www.kaggle.com/api/v1`: `{ "code", "message" }`.
 *
 * @param method - A method constant of `kaggle-ts/services/<area>`.
 * @param error - `status`: HTTP status. `code`: code in the body, by default the status. `message`: by default
 * `HTTP <status>`. `headers`: further headers, such as `retry-after`.
 * @throws `ValidationError` if an argument is invalid.
 *
 * @example
 * ```ts
 * import { setupServer } from 'msw/node';
 * import { saveKernel } from 'kaggle-ts/services/kernels';
 * import { mockError } from 'kaggle-ts/testing/msw';
 *
 * const server = setupServer(mockError(saveKernel, { status: 429, headers: { 'retry-after': '2' } }));
 * server.listen();
 * ```
 */
export function mockError(
  method: Method,
  error: { status: number; code?: number; message?: string; headers?: Record<string, string> },
): HttpHandler {
  checkMethod('mockError', method);
  checkMembers('mockError', error, { status: 'a number', code: 'a number', message: 'a string', headers: 'an object' });
  const { status, code = status, message = `HTTP ${status}`, headers = {} } = error;
  return http.post(`*/${method.service}/${method.name}`, () =>
    HttpResponse.json({ code, message }, { status, headers }),
  );
}
