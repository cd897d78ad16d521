import { redact } from '../../core/redact.ts';
import { parseWebUrl } from '../../core/web-url.ts';
import { hideSecret } from './hide.ts';

/** What a transcript must hide, and what it can show. */
export interface Known {
  readonly user: string;
  /** The token or the key. */
  readonly secret: string | undefined;
  /** Random part in the names of this check. */
  readonly word: string;
  /** Base URL of the API. */
  readonly baseUrl: string;
  /** Names of files and folders that the check created. */
  readonly names: ReadonlySet<string>;
}

/** Replaces what must be hidden, always by the same alias. */
export interface Aliases {
  /** A JSON value, recursively. */
  json(value: unknown, key?: string): unknown;
  /** Free text: a log, a message, a script. */
  free(text: string): string;
  /** A URL; `path` is the part after its origin. */
  address(url: string): { href: string; path: string };
  /** Replaces the random part and the user name within a text. */
  words(text: string): string;
}

/** Origin of the aliases of storage URLs. */
const storage = 'http://127.0.0.1:7777';

/** Fields whose values are Kaggle's, not a user's. */
const plainFields =
  /^(?:language|kernelType|stream_name|versionLabel|type|kind|scope|contentType|status|crc32c|md5Hash|size|licenseName|machineShape|kernelExecutionType|code|dataType)$/;

const freeFields = /^(?:text|source|log|data|message|error|failureMessage|versionNotes)$/;

/** Fields with numeric IDs. */
const isId = (key: string) => /^(?:id|exp)$|Id$/.test(key);

/** Durations, times, and names of enum values. */
const harmless = /^(?:\d+(?:\.\d+)?s|\d{4}-\d\d-\d\dT[\d:.]+Z|[A-Z]+(?:_[A-Z\d]+)+|\d{1,3}|true|false)$/;

/** Parts of paths that are the same for all users. */
const rooms = new Set(['code', 'datasets', 'inbox', 'v1', 'kaggle-data-sets']);

/** Maximum length of a text to keep, in characters. */
const mostText = 100_000;

function counter<T>(make: (count: number, value: string) => T): (value: string) => T {
  const made = new Map<string, T>();
  return (value) => {
    const found = made.get(value) ?? make(made.size + 1, value);
    made.set(value, found);
    return found;
  };
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');

export function createAliases({ user, secret, word, baseUrl, names }: Known): Aliases {
  const name = counter((count) => `name-${count}`);
  const token = counter((count) => `tok-${count}`);
  const number = counter((count) => 1000 + count);
  const place = counter((count) => count);
  const api = new URL(baseUrl);
  const owner = user && new RegExp(`(?<![A-Za-z\\d])${escaped(user)}(?![A-Za-z\\d])`, 'gi');

  function words(text: string): string {
    const unsigned = hideSecret(text, secret, user, 'KGAT_test');
    const plain = owner ? unsigned.replace(owner, 'alice') : unsigned;
    return plain.replaceAll(word, 'abcdefgh');
  }

  function segment(text: string): string {
    if (text === '' || names.has(text) || rooms.has(text) || harmless.test(text)) return text;
    const isOwn =
      text.toLowerCase() === user.toLowerCase() || new RegExp(`^kaggle[- ]ts[- ]check[- ]${word}`).test(text);
    return isOwn ? words(text) : name(text);
  }

  const segments = (text: string) => text.split('/').map(segment).join('/');

  function address(url: string): { href: string; path: string } {
    const parsed = parseWebUrl(url);
    if (!parsed) return { href: name(url), path: name(url) };
    const isApi = parsed.origin === api.origin && parsed.pathname.startsWith(`${api.pathname}/`);
    if (isApi) {
      const [, rest = ''] = /^(?:\/api)?\/v1\/(.*)$/.exec(parsed.pathname) ?? [];
      const isCall = /^[\w.]+Service\/\w+$/.test(rest);
      const [, log = '', run] = /^(kernels\/logs\/stream\/)(.*)$/.exec(rest) ?? [];
      const path = isCall ? rest : run === undefined ? segments(rest) : log + segments(run);
      return { href: `${storage}/api/v1/${path}${parsed.search}`, path: path + parsed.search };
    }
    if (/^(?:www\.)?kaggle\.com$/.test(parsed.hostname)) {
      const path = parsed.pathname.split('/').map(decodeURIComponent).map(segment).join('/');
      return { href: `https://www.kaggle.com${path}`, path };
    }
    const which = place(parsed.href);
    const last = segment(decodeURIComponent(parsed.pathname.split('/').at(-1)!));
    const isUpload = parsed.pathname.startsWith('/upload/');
    const path = isUpload
      ? `/upload/${which}?upload_id=${which}`
      : `/storage/${which}/${encodeURIComponent(last)}?sig=${which}`;
    return { href: storage + path, path };
  }

  function free(text: string): string {
    if (text.length > mostText) return `(${text.length} characters)`;
    return redact(words(text))
      .replace(/(session=)(\d+)/g, (_, before: string, id: string) => before + number(id))
      .replace(/(?<![\d.])\d{6,}(?![\d.])/g, (id) => String(number(id)));
  }

  function text(value: string, key: string): string {
    if (freeFields.test(key)) return free(value);
    if (/^https?:/.test(value)) return address(value).href;
    if (/token$/i.test(key))
      return value === secret ? 'KGAT_test' : harmless.test(value) || value === '' ? value : token(value);
    if (plainFields.test(key) || harmless.test(value)) return words(value);
    return isId(key) && /^\d+$/.test(value) ? String(number(value)) : segments(value);
  }

  function json(value: unknown, key = ''): unknown {
    if (typeof value === 'string') return text(value, key);
    if (typeof value === 'number') return isId(key) && value > 0 ? number(String(value)) : value;
    if (Array.isArray(value)) return value.map((item) => json(item, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([field, part]) => [field, json(part, field)]));
  }

  return { json, free, address, words };
}
