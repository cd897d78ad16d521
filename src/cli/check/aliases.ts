import { redact } from '../../core/redact.ts';
import { parseWebUrl } from '../../core/web-url.ts';

/** What a transcript must not show, and what may stay. */
export interface Known {
  readonly user: string;
  /** The token or the key. */
  readonly secret: string | undefined;
  /** What tells the names of this check from others. */
  readonly word: string;
  /** Base address of the API. */
  readonly baseUrl: string;
  /** Names of files and folders that the check made. */
  readonly names: ReadonlySet<string>;
}

/** Stand-ins for what must not be shown: the same for the same, wherever it stands. */
export interface Aliases {
  /** A value of JSON, with all that is in it. */
  json(value: unknown, key?: string): unknown;
  /** A text that people or programs wrote: a log, a message, a script. */
  free(text: string): string;
  /** An address; `path` is what it has behind the origin. */
  address(url: string): { href: string; path: string };
  /** The words of this check and its user, wherever they stand in a text. */
  words(text: string): string;
}

/** Where the stand-ins of all addresses of the storage are. */
const storage = 'http://127.0.0.1:7777';

/** Fields whose texts are words of Kaggle's, not of a user's. */
const plainFields =
  /^(?:language|kernelType|stream_name|versionLabel|type|kind|scope|contentType|status|crc32c|md5Hash|size|licenseName|machineShape|kernelExecutionType|code|dataType)$/;

const freeFields = /^(?:text|source|log|data|message|error|failureMessage|versionNotes)$/;

/** Numbers that name something. */
const isId = (key: string) => /^(?:id|exp)$|Id$/.test(key);

/** Durations, times, and names of enum values. */
const harmless = /^(?:\d+(?:\.\d+)?s|\d{4}-\d\d-\d\dT[\d:.]+Z|[A-Z]+(?:_[A-Z\d]+)+|\d{1,3}|true|false)$/;

/** Parts of references that are the same for everybody. */
const rooms = new Set(['code', 'datasets', 'inbox', 'v1', 'kaggle-data-sets']);

/** Characters of a text that is kept. */
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
  // As it is, as an address has it, and as Basic has it with the user's name.
  const forms = secret ? [secret, encodeURIComponent(secret), btoa(`${user}:${secret}`)] : [];
  const owner = user && new RegExp(`(?<![A-Za-z\\d])${escaped(user)}(?![A-Za-z\\d])`, 'gi');

  function words(text: string): string {
    const unsigned = forms.reduce((rest, form) => rest.replaceAll(form, 'KGAT_test'), text);
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
