import { expect, test } from 'vitest';
import { api, kernelsApi, quiet, rpc } from './support.ts';

/** A body of 700 MB that counts what is taken of it. */
function endless() {
  const piece = new TextEncoder().encode('x'.repeat(2 ** 20));
  let taken = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken += piece.length;
      controller.enqueue(piece);
      if (taken > 7e8) controller.close();
    },
  });
  return { stream, taken: () => taken };
}

test.each([
  ['without a login', {}],
  ['with a login', { authorization: 'Bearer KGAT_test' }],
  ['of a length that is told', { 'content-length': String(7e8) }],
])('a body of 700 MB %s is not taken in', async (_name, headers) => {
  const emulator = quiet();
  const { stream, taken } = endless();
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: stream,
    duplex: 'half',
  };
  const response = await emulator.fetch(new Request(`${api}/${kernelsApi}/SaveKernel`, init));
  expect(response.status).toBe(413);
  expect((await response.json()).error.message).toMatch(/larger than 16777216 bytes/);
  expect(taken()).toBeLessThan(2 ** 25);
});

test('the last bodies of recorded requests are kept within the limit', async () => {
  const emulator = quiet();
  for (let n = 0; n < 70; n++)
    await rpc(emulator, `${kernelsApi}/ListKernels`, { search: `${n} ${'x'.repeat(2 ** 20)}` });
  const searches = emulator.state.requests.map(({ body }) =>
    (body as { search: string } | undefined)?.search.slice(0, 2),
  );
  expect(searches).toHaveLength(70);
  expect(searches[0]).toBeUndefined();
  expect(searches.at(-1)).toBe('69');
  expect(searches.filter(Boolean).length).toBeGreaterThan(50);
});

test.each<[method: string, body: unknown, message: string]>([
  [`${kernelsApi}/ListKernels`, { pageSize: '5' }, 'field "pageSize": expected an integer, got a string'],
  [`${kernelsApi}/ListKernels`, { pageSize: -1 }, 'field "pageSize": expected 1 or more, got -1'],
  [
    `${kernelsApi}/ListKernels`,
    { pageToken: 'x' },
    'field "pageToken": expected the nextPageToken of the previous page',
  ],
  [`${kernelsApi}/ListKernels`, { search: ['x'] }, 'field "search": expected a string, got an array'],
  [`${kernelsApi}/SaveKernel`, { isPrivate: null, enableGpu: 'yes' }, 'field "enableGpu": expected true or false, got'],
  [`${kernelsApi}/ListKernels`, [], 'the request body is not a JSON object'],
  [
    'users.AccountService/GenerateAccessToken',
    { expirationDuration: '1h' },
    'field "expirationDuration": expected seconds such as "3600s", got "1h"',
  ],
  [
    'blobs.BlobApiService/StartBlobUpload',
    { type: 'PICTURE', name: 'a' },
    'field "type": expected one of DATASET, MODEL, INBOX, COMPETITION_SOLUTION, got "PICTURE"',
  ],
  ['blobs.BlobApiService/StartBlobUpload', { type: 'DATASET' }, 'field "name" is missing'],
])('an invalid request to %s is refused with the field and what it should be: %j', async (method, body, message) => {
  const { status, json } = await rpc(quiet(), method, body as object);
  expect({ status, message: json.error?.message }).toEqual({ status: 400, message: expect.stringContaining(message) });
});
