import { fromBase64Url, toBase64Url } from '../base64url.ts';
import { KaggleError } from '../errors.ts';

/** Version of the format: the first byte of a sealed value. */
const format = 1;

/** Bytes of the nonce of AES-GCM. Random nonces are safe for 2^32 values per key. */
const nonceLength = 12;

/** Bytes of the authentication tag, which ends the value. */
const tagLength = 16;

/**
 * What a sealed value belongs to, such as the user and the purpose: `['alice', 'upload']`. It is not part of the value: whoever
 * opens the value has to know it.
 */
export type SealContext = readonly string[];

/** Options of `Sealer.seal`. */
export interface SealOptions {
  /** Default: `[]`. */
  readonly context?: SealContext | undefined;
  /** Milliseconds since 1970 at which the value can no longer be opened. Default: never. */
  readonly expires?: number | undefined;
}

/** Options of `Sealer.open`. */
export interface OpenOptions {
  /** The `context` of `seal`. */
  readonly context?: SealContext | undefined;
  /** Milliseconds since 1970. Default: the time of the system. */
  readonly now?: number | undefined;
}

/**
 * The result of `Sealer.open`: the value, or why there is none.
 * - `version`: another version of this package sealed it
 * - `invalid`: it was not sealed with this secret, purpose and context, or it was changed
 * - `expired`: it was valid until `expires`
 */
export type Opened = { readonly value: unknown } | { readonly failure: 'version' | 'invalid' | 'expired' };

/** Encrypts and authenticates JSON values. */
export interface Sealer {
  /** Encrypts a JSON value to base64url text, which is safe in URLs. The length of the text reveals that of the value. */
  seal(value: unknown, options?: SealOptions): Promise<string>;
  /** Decrypts the text of `seal`. Never rejects for what it contains. */
  open(text: string, options?: OpenOptions): Promise<Opened>;
}

/** `context` as associated data: JSON keeps `['a', 'b']` and `['a,b']` apart. */
const associated = (context: SealContext = []) => new TextEncoder().encode(JSON.stringify(context));

async function deriveKey(secret: string, purpose: string): Promise<CryptoKey> {
  const utf8 = new TextEncoder();
  const material = await crypto.subtle.importKey('raw', utf8.encode(secret), 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: utf8.encode(`kaggle-ts ${purpose} v${format}`) },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

/**
 * Creates a sealer. The key is derived from `secret` by HKDF-SHA-256, a different one for each `purpose`, so that a value sealed for
 * one is useless for another. HKDF does not slow down guessing: the secret has to be random, as an API token is, not a password.
 *
 * Computes the key at the first use, because Workers allow no cryptography while a module loads.
 */
export function createSealer(secret: string, purpose: string): Sealer {
  if (secret === '') throw new KaggleError('cannot seal values: the secret is empty; pass a random secret');
  let known: CryptoKey | undefined;
  // Not the promise: Workers do not let one request wait for another's.
  const keyOf = async () => (known ??= await deriveKey(secret, purpose));

  return {
    async seal(value, { context, expires } = {}) {
      const plain = new TextEncoder().encode(JSON.stringify({ value, ...(expires !== undefined && { expires }) }));
      const sealed = new Uint8Array(1 + nonceLength + plain.length + tagLength);
      sealed[0] = format;
      const iv = crypto.getRandomValues(sealed.subarray(1, 1 + nonceLength));
      const parameters = { name: 'AES-GCM', iv, additionalData: associated(context) };
      const encrypted = await crypto.subtle.encrypt(parameters, await keyOf(), plain);
      sealed.set(new Uint8Array(encrypted), 1 + nonceLength);
      return toBase64Url(sealed);
    },

    async open(text, { context, now = Date.now() } = {}) {
      const sealed = fromBase64Url(text);
      if (!sealed || sealed.length < 1 + nonceLength + tagLength) return { failure: 'invalid' };
      if (sealed[0] !== format) return { failure: 'version' };
      const iv = sealed.subarray(1, 1 + nonceLength);
      const parameters = { name: 'AES-GCM', iv, additionalData: associated(context) };
      const key = await keyOf();
      let plain: ArrayBuffer;
      try {
        plain = await crypto.subtle.decrypt(parameters, key, sealed.subarray(1 + nonceLength));
      } catch {
        return { failure: 'invalid' };
      }
      const { value, expires } = JSON.parse(new TextDecoder().decode(plain)) as { value: unknown; expires?: number };
      return expires !== undefined && now >= expires ? { failure: 'expired' } : { value };
    },
  };
}
