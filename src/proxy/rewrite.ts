import { redact, redactUrl } from '../core/redact.ts';
import { parseWebUrl } from '../core/web-url.ts';
import { type Addresses, isSigned } from './addresses.ts';
import { Refusal } from './refusal.ts';
import { transferUrl } from './route.ts';

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

/** Fields for people, in which a server may quote addresses. */
const messageField = /(?:error|message|reason|warning)s?$/i;

/** Replaces an address of the storage by one of the proxy. */
async function sealUrl(text: string, isUpload: boolean, { addresses, user, base }: Reader): Promise<string> {
  const url = parseWebUrl(text);
  if (!url || !addresses.isStorage(url)) {
    if (!isUpload) return redactUrl(text);
    throw new Refusal(
      502,
      `Kaggle returned an upload address on ${url?.origin ?? 'no server'}, which is not its storage`,
      'storage',
    );
  }
  return transferUrl(base, await addresses.seal(isUpload ? 'upload' : 'download', text, user));
}

/**
 * Returns JSON of Kaggle as a page may see it: addresses that contain a secret lead through the proxy, tokens of uploads are
 * encrypted, and other tokens removed.
 */
export async function sealAnswer(json: unknown, reader: Reader, name = ''): Promise<unknown> {
  if (typeof json === 'string') {
    if (name === 'createUrl') return sealUrl(json, true, reader);
    if (isSigned(json)) return sealUrl(json, false, reader);
    if (secretField.test(name) && json !== '') return '[redacted]';
    return messageField.test(name) ? redact(json) : json;
  }
  if (Array.isArray(json)) {
    const items: unknown[] = [];
    for (const item of json) items.push(await sealAnswer(item, reader, name));
    return items;
  }
  if (typeof json !== 'object' || json === null) return json;
  const { token, createUrl } = json as { token?: unknown; createUrl?: unknown };
  const isUpload = typeof createUrl === 'string' && typeof token === 'string';
  const fields: [string, unknown][] = [];
  for (const [key, value] of Object.entries(json)) {
    if (isUpload && key === 'token') {
      fields.push([key, `sealed.${await reader.addresses.seal('token', token, reader.user)}`]);
    } else fields.push([key, await sealAnswer(value, reader, key)]);
  }
  return Object.fromEntries(fields);
}

/** Returns a request of a page as Kaggle expects it: with the tokens of its uploads. */
export async function openRequest(json: unknown, addresses: Addresses, user: string | undefined): Promise<unknown> {
  if (typeof json === 'string') {
    const sealed = sealedToken.exec(json)?.[1];
    return sealed === undefined ? json : addresses.open('token', sealed, user);
  }
  if (Array.isArray(json)) {
    const items: unknown[] = [];
    for (const item of json) items.push(await openRequest(item, addresses, user));
    return items;
  }
  if (typeof json !== 'object' || json === null) return json;
  const fields: [string, unknown][] = [];
  for (const [key, value] of Object.entries(json)) fields.push([key, await openRequest(value, addresses, user)]);
  return Object.fromEntries(fields);
}
