import { expect, test } from 'vitest';
import { quiet, rpc } from './support.ts';

const accounts = 'users.AccountService';
const introspect = 'security.OAuthService/IntrospectToken';
const hello = 'api.v1.DiagnosticsService/Hello';

let now = Date.UTC(2026, 0, 1);
const open = () =>
  quiet({
    now: () => now,
    users: [
      { username: 'alice', userId: 7, token: 'KGAT_test', key: 'alice-key', refreshToken: 'KGRT_alice' },
      { username: 'bob', userId: 8, token: 'KGAT_bob' },
    ],
  });

test('a refresh token returns access tokens that expire', async () => {
  const emulator = open();
  const wanted = { refreshToken: 'KGRT_alice', apiVersion: 'API_VERSION_V1', expirationDuration: '60s' };
  const { json } = await rpc(emulator, `${accounts}/GenerateAccessToken`, wanted, '');
  expect(json).toEqual({
    token: expect.stringMatching(/^KGAT_[0-9a-f]{32}$/),
    expiresIn: 60,
    userName: 'alice',
    userId: 7,
  });
  expect((await rpc(emulator, hello, {}, json.token)).json).toEqual({ userName: 'alice' });
  const info = await rpc(emulator, introspect, { token: json.token }, '');
  expect(info.json).toMatchObject({ active: true, username: 'alice', exp: now / 1000 + 60 });
  now += 60_000;
  expect((await rpc(emulator, hello, {}, json.token)).status).toBe(401);
  expect((await rpc(emulator, introspect, { token: json.token }, '')).json).toEqual({ active: false });
});

test('a logged-in user needs no refresh token; an anonymous one without it gets no token', async () => {
  const emulator = open();
  const generate = `${accounts}/GenerateAccessToken`;
  expect((await rpc(emulator, generate, {}, 'KGAT_bob')).json).toMatchObject({ userName: 'bob', expiresIn: 43_200 });
  expect((await rpc(emulator, generate, {}, '')).status).toBe(401);
  expect((await rpc(emulator, generate, { refreshToken: 'KGRT_other' }, '')).status).toBe(401);
  expect((await rpc(emulator, generate, { expirationDuration: 'long' })).status).toBe(400);
});

test('a revoked token is invalid, and so are access tokens of a revoked refresh token; other tokens stay valid', async () => {
  const emulator = open();
  const make = async (body: object) => (await rpc(emulator, `${accounts}/GenerateAccessToken`, body)).json.token;
  const expire = async (token: string, by?: string) =>
    (await rpc(emulator, `${accounts}/ExpireApiToken`, { token, reason: 'test' }, by)).status;
  const [first, second] = [await make({}), await make({ refreshToken: 'KGRT_alice' })];
  expect(await expire(first, 'KGAT_bob')).toBe(404);
  expect((await rpc(emulator, hello, {}, first)).status).toBe(200);
  expect(await expire(first)).toBe(200);
  expect((await rpc(emulator, hello, {}, first)).status).toBe(401);
  expect(await expire('KGRT_alice', second)).toBe(200);
  expect((await rpc(emulator, hello, {}, second)).status).toBe(401);
  expect((await rpc(emulator, `${accounts}/GenerateAccessToken`, { refreshToken: 'KGRT_alice' }, '')).status).toBe(401);
  await emulator.reset();
  expect((await rpc(emulator, `${accounts}/GenerateAccessToken`, { refreshToken: 'KGRT_alice' }, '')).status).toBe(200);
});
