import { redact, redactUrl } from '../core/redact.ts';
import { escapeName } from '../core/transfer/escape-name.ts';
import { changesWhenParsed } from '../core/web-url.ts';
import type { Addresses } from './addresses.ts';
import { mapTexts } from './map-texts.ts';
import { Refusal } from './refusal.ts';
import { transferUrl } from './route.ts';
import { browserUrl, isSigned } from './signed.ts';

/** For whom a message is rewritten. */
export interface Reader {
  readonly addresses: Addresses;
  readonly user: string | undefined;
  /** The URL of the proxy, as the page knows it. */
  readonly base: string;
}

/** Begins a sealed token of an upload. */
const sealedToken = /^sealed\.([\w-]{1,16384})$/;

/** Fields that contain credentials; those of pages do not. */
const secretField = /^(?!.*page_?token$).*(?:token|secret|api_?key|password)$/i;

/** Fields of requests for tokens of uploads. */
const tokenField = /token$/i;

/** Fields for people, in which a server may quote addresses. */
const messageField = /(?:error|message|reason|warning)s?$/i;

/** Replaces an address of the storage by one of the proxy. It is encrypted as it is: parsing it may change what it names. */
async function sealUrl(text: string, isUpload: boolean, { addresses, user, base }: Reader): Promise<string> {
  const url = browserUrl(text);
  if (!url || !addresses.isStorage(url)) {
    // Comments and paths begin with slashes, too.
    const isText = /^\s*[\\/]/.test(text) && (/\s/.test(text.trim()) || !url?.hostname.includes('.'));
    if (!isUpload) return !url || isText ? text : redactUrl(url.href);
    throw new Refusal(
      502,
      `Kaggle returned an upload address on ${url?.origin ?? 'no server'}, which is not its storage`,
      'storage',
    );
  }
  if (isUpload && changesWhenParsed(text))
    throw new Refusal(502, 'Kaggle returned an upload address that cannot be requested as it is', 'storage');
  return transferUrl(base, await addresses.seal(isUpload ? 'upload' : 'download', text, user));
}

/** Replaces the address of an output file, or removes one that is not of the storage: a page must not request it itself. */
async function sealFile(text: string, fileName: string, reader: Reader): Promise<string> {
  const url = browserUrl(text);
  return url && reader.addresses.isStorage(url) ? sealUrl(escapeName(text, fileName), false, reader) : '';
}

/**
 * Returns JSON of Kaggle as a page may see it: addresses that contain a secret lead through the proxy, tokens of uploads are
 * encrypted, and other tokens removed. Addresses inside of texts are left to `hideAddresses`.
 */
export function sealAnswer(json: unknown, reader: Reader): Promise<unknown> {
  return mapTexts(json, (text, name, parent) => {
    if (name === 'createUrl') return sealUrl(text, true, reader);
    const { token, createUrl, fileName } = parent as { token?: unknown; createUrl?: unknown; fileName?: unknown };
    if (name === 'token' && text === token && typeof createUrl === 'string')
      return reader.addresses.seal('token', text, reader.user).then((sealed) => `sealed.${sealed}`);
    if (name === 'url' && typeof fileName === 'string') return sealFile(text, fileName, reader);
    if (isSigned(text)) return sealUrl(text, false, reader);
    if (secretField.test(name) && text !== '') return '[redacted]';
    return messageField.test(name) ? redact(text) : text;
  });
}

/** A request as Kaggle expects it, and the tokens that it contains. */
export interface OpenedRequest {
  readonly json: unknown;
  readonly tokens: readonly string[];
}

/**
 * Decrypts the tokens of uploads in a request of a page. Only in fields for tokens: Kaggle shows other fields to the page again,
 * such as the text of a kernel.
 */
export async function openRequest(
  json: unknown,
  addresses: Addresses,
  user: string | undefined,
): Promise<OpenedRequest> {
  const tokens: string[] = [];
  const opened = await mapTexts(json, (text, name) => {
    const sealed = tokenField.test(name) ? sealedToken.exec(text)?.[1] : undefined;
    if (sealed === undefined) return text;
    return addresses.open('token', sealed, user).then((token) => {
      tokens.push(token);
      return token;
    });
  });
  return { json: opened, tokens };
}
