import { createSealer, type Sealer } from '../core/auth/seal.ts';
import { KaggleError } from '../core/errors.ts';
import type { KaggleClient } from '../core/rpc/client.ts';
import { Refusal } from './refusal.ts';

/** What a sealed value is: an address to which a page may upload or from which it may download, or the token of an upload. */
export type Sealed = 'upload' | 'download' | 'token';

/** Milliseconds: how long Kaggle's own addresses are valid. */
const lifetimes: Readonly<Record<Sealed, number>> = {
  upload: 7 * 24 * 3_600_000,
  token: 7 * 24 * 3_600_000,
  download: 3 * 24 * 3_600_000,
};

/** Addresses and tokens of Kaggle, encrypted for one user. */
export interface Addresses {
  /** Encrypts a value for `user`. */
  seal(kind: Sealed, value: string, user: string | undefined): Promise<string>;
  /** Decrypts a value. Throws `Refusal` if it is not one of this kind for this user, or has expired. */
  open(kind: Sealed, sealed: string, user: string | undefined): Promise<string>;
  /** Whether Kaggle may send uploads and downloads to this URL. */
  isStorage(url: URL): boolean;
}

/** Kaggle's storage and site. */
const hosts = /(?:^|\.)(?:kaggle\.com|kaggle\.net|kaggleusercontent\.com|googleapis\.com)$/;

const nouns: Readonly<Record<Sealed, string>> = {
  upload: 'the address of the upload',
  download: 'the address of the download',
  token: 'the token of an uploaded file',
};

/** Who may open a sealed value. */
const contextOf = (kind: Sealed, user: string | undefined) => [kind, ...(user === undefined ? [] : [user])];

/** Creates the addresses of a proxy. `storage`: further origins. */
export function createAddresses(
  client: KaggleClient,
  secret: string | undefined,
  storage: readonly string[],
  now: () => number,
): Addresses {
  let known: { readonly secret: string; readonly sealer: Sealer } | undefined;
  const api = new URL(client.baseUrl);

  async function sealer(): Promise<Sealer> {
    const current = secret ?? (await client.token());
    if (!current)
      throw new KaggleError('createProxy: cannot encrypt addresses without an API token; pass secret, a random text');
    if (known?.secret !== current) known = { secret: current, sealer: createSealer(current, 'proxy') };
    return known.sealer;
  }

  return {
    async seal(kind, value, user) {
      const expires = now() + lifetimes[kind];
      return (await sealer()).seal(value, { context: contextOf(kind, user), expires });
    },
    async open(kind, sealed, user) {
      const opened = await (await sealer()).open(sealed, { context: contextOf(kind, user), now: now() });
      if ('value' in opened && typeof opened.value === 'string') return opened.value;
      const expired = 'failure' in opened && opened.failure === 'expired';
      const why = expired ? 'has expired' : 'is invalid, or belongs to another user';
      // The client opens another upload, or asks for another address.
      throw new Refusal(kind === 'token' ? 400 : expired ? 410 : 404, `${nouns[kind]} ${why}; start again`, 'address');
    },
    isStorage({ protocol, hostname, origin, username, password }) {
      if (username || password) return false;
      if (storage.includes(origin)) return true;
      if (protocol === 'https:' && hosts.test(hostname)) return true;
      // The storage of an emulator: another port of its host, or in the same process a name that no server can have.
      return (!hosts.test(api.hostname) && hostname === api.hostname) || hostname.endsWith('.invalid');
    },
  };
}
