import type { Context, Handler } from './context.ts';
import type { EmulatorState, EmulatorUser } from './types.ts';
import { text, WireError } from './wire.ts';

/** Default lifetime of a generated token in seconds. */
const defaultLifetime = 12 * 3600;

/** The user of an access token: one of the options, or a generated one that is neither expired nor revoked. */
function userOf(state: EmulatorState, token: string, now: number): EmulatorUser | undefined {
  const generated = state.tokens.get(token);
  if (generated && generated.expires <= now) return undefined;
  return state.users.find(({ username, token: own }) => (generated ? generated.username === username : own === token));
}

/**
 * The user of an Authorization header (`Bearer` or `Basic`), or `undefined` if there is none. Throws 401 if it is
 * invalid.
 */
export function authenticate({ state, now }: Context, header: string | null): EmulatorUser | undefined {
  if (header === null) return undefined;
  const [scheme = '', value = ''] = header.split(' ');
  const user =
    scheme.toLowerCase() === 'bearer'
      ? userOf(state, value, now())
      : state.users.find(
          ({ username, key }) =>
            scheme.toLowerCase() === 'basic' && key !== undefined && btoa(`${username}:${key}`) === value,
        );
  if (!user) throw new WireError(401, 'Unauthenticated');
  return user;
}

export const introspectToken: Handler = ({ context, body }) => {
  const token = text(body, 'token');
  const user = userOf(context.state, token, context.now());
  if (!user) return { active: false };
  const expires = context.state.tokens.get(token)?.expires;
  return {
    active: true,
    username: user.username,
    userId: user.userId,
    scope: 'resources.admin:*',
    exp: expires === undefined ? 1999999999 : Math.floor(expires / 1000),
  };
};

function lifetime(body: Record<string, unknown>): number {
  const written = text(body, 'expirationDuration');
  if (!written) return defaultLifetime;
  const seconds = Number(/^(\d+(?:\.\d+)?)s$/.exec(written)?.[1]);
  if (!(seconds > 0))
    throw new WireError(400, `field "expirationDuration": expected seconds such as "3600s", got "${written}"`);
  return Math.floor(seconds);
}

const holderOf = ({ users, revoked }: EmulatorState, refreshToken: string): EmulatorUser | undefined =>
  revoked.has(refreshToken) ? undefined : users.find((candidate) => candidate.refreshToken === refreshToken);

/** Exchanges a refresh token, or the credential of the request, for an access token that expires. */
export const generateAccessToken: Handler = ({ context, user, body }) => {
  const refreshToken = text(body, 'refreshToken');
  const owner = refreshToken ? holderOf(context.state, refreshToken) : user;
  if (!owner) throw new WireError(401, 'Unauthenticated');
  const expiresIn = lifetime(body);
  const token = `KGAT_${context.hex(32)}`;
  const { username, userId } = owner;
  context.state.tokens.set(token, { username, refreshToken, expires: context.now() + expiresIn * 1000 });
  context.keeper.rest();
  return { token, expiresIn, userName: username, userId };
};

/** Revokes a token of the caller: an access token, or a refresh token with all access tokens from it. */
export const expireApiToken: Handler = ({ context: { state, keeper }, user, body }) => {
  const token = text(body, 'token');
  const generated = state.tokens.get(token);
  if (generated && generated.username === user!.username) state.tokens.delete(token);
  else if (token && user!.refreshToken === token && !state.revoked.has(token)) {
    state.revoked.add(token);
    for (const [name, { refreshToken }] of state.tokens) if (refreshToken === token) state.tokens.delete(name);
  } else throw new WireError(404, 'token not found: it is not one of yours, or it was revoked');
  keeper.rest();
  return {};
};
