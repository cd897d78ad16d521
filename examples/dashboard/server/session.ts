const encoder = new TextEncoder();
const algorithm = { name: 'HMAC', hash: 'SHA-256' } as const;

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

function fromBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
  } catch {
    return undefined;
  }
}

const importKey = (secret: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign', 'verify']);

/** Compares two texts in a time that tells nothing about them. */
async function isSame(a: string, b: string): Promise<boolean> {
  const key = await crypto.subtle.generateKey({ ...algorithm, length: 256 }, false, ['sign', 'verify']);
  return crypto.subtle.verify('HMAC', key, await crypto.subtle.sign('HMAC', key, encoder.encode(a)), encoder.encode(b));
}

/** Options of `createSessions`. */
export interface SessionOptions {
  password: string;
  /** Signs the cookies. With another secret or password, all sessions end. */
  secret: () => Promise<string>;
  /** Duration of a session in seconds. */
  seconds: number;
  /** The clock, in milliseconds since 1970. */
  now: () => number;
}

/** Sessions of people who know the password. They are in signed cookies; the server stores nothing. */
export interface Sessions {
  isPassword(given: string): Promise<boolean>;
  /** Returns the cookie of a new session, and when the session ends. */
  start(isSecure: boolean): Promise<{ cookie: string; expires: Date }>;
  /** Returns when the session of a request ends; `undefined` if it has none, or it has ended. */
  find(request: Request, isSecure: boolean): Promise<Date | undefined>;
  /** Returns the cookie that removes a session from the browser. */
  end(isSecure: boolean): string;
}

/** With this prefix, a browser accepts the cookie by https only, and from this host only. */
const nameOf = (isSecure: boolean): string => (isSecure ? '__Host-kaggle-dashboard' : 'kaggle-dashboard');

const cookieOf = (value: string, seconds: number, isSecure: boolean): string =>
  `${nameOf(isSecure)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;

/**
 * Creates the sessions of the dashboard. A cookie contains when it expires and an HMAC over that, so it is valid in every
 * process that has the same secret and password, also after a restart.
 */
export function createSessions({ password, secret, seconds, now }: SessionOptions): Sessions {
  let key: CryptoKey | undefined;
  // The key is kept, not a promise of it: in Workers, the request that began to make it may be canceled.
  async function keyOf(): Promise<CryptoKey> {
    if (key) return key;
    const general = await importKey(await secret());
    const own = await crypto.subtle.sign('HMAC', general, encoder.encode(`dashboard session\n${password}`));
    key = await importKey(base64url(new Uint8Array(own)));
    return key;
  }

  async function expiryOf(value: string): Promise<Date | undefined> {
    const [, expires = '', mac = ''] = /^(\d{1,15})\.([\w-]{43})$/.exec(value) ?? [];
    const bytes = fromBase64url(mac);
    if (!bytes || Number(expires) <= now()) return undefined;
    const isOurs = await crypto.subtle.verify('HMAC', await keyOf(), bytes, encoder.encode(expires));
    return isOurs ? new Date(Number(expires)) : undefined;
  }

  return {
    isPassword: (given) => isSame(password, given),
    async start(isSecure) {
      const expires = String(now() + seconds * 1000);
      const mac = new Uint8Array(await crypto.subtle.sign('HMAC', await keyOf(), encoder.encode(expires)));
      return {
        cookie: cookieOf(`${expires}.${base64url(mac)}`, seconds, isSecure),
        expires: new Date(Number(expires)),
      };
    },
    async find(request, isSecure) {
      const cookies = (request.headers.get('cookie') ?? '').split(/; */).map((cookie) => cookie.split('='));
      // Another app on the same host can add cookies with the same name.
      const own = cookies.filter(([name]) => name === nameOf(isSecure)).slice(0, 4);
      for (const [, value = ''] of own) {
        const expires = await expiryOf(value);
        if (expires) return expires;
      }
      return undefined;
    },
    end: (isSecure) => cookieOf('', 0, isSecure),
  };
}
