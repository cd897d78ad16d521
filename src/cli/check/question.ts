import type { Credential } from '../../core/auth/credential.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { PushedKernel } from '../../services/kernels/index.ts';
import type { Exchange } from './observe.ts';

/**
 * When a question is looked at: after reading (`live`), right after a dataset was asked for (`created`), when it can be read
 * (`ready`), when versions of archives can be (`packed`), right after a push (`pushed`), while the kernel runs and when it
 * has ended, and at the very end, from what went over the wire.
 */
export type Stage = 'live' | 'created' | 'ready' | 'packed' | 'pushed' | 'running' | 'done' | 'end';

/** What was found out, or why nothing was. */
export type Finding = { readonly seen: string; readonly agrees: boolean } | { readonly why: string };

/** How well what is assumed is known: A several observations or the official client, B one, C hearsay or a guess. */
export type Confidence = 'A' | 'B' | 'C';

/** One thing about the server that only the server can tell. */
export interface Question {
  readonly id: string;
  readonly asks: string;
  /** What kaggle-ts and its emulator take for true. */
  readonly assumed: string;
  readonly confidence: Confidence;
  readonly stage: Stage;
  /** Throws `NotSeen` where it cannot be seen. */
  look(scene: Scene): Finding | Promise<Finding>;
}

/** Questions about one matter, in the order of the report. */
export interface Group {
  readonly title: string;
  readonly questions: readonly Question[];
}

/** A question cannot be answered here: the words say why. */
export class NotSeen extends Error {}

/** An answer that was read to its end. */
export interface Reply {
  /** 0 where the connection was cut. */
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, if it is JSON. */
  readonly json: unknown;
}

/** What the kernel of the check tells of the place where it runs. */
export interface Inside {
  /** Names of the variables that begin with KAGGLE_. */
  readonly variables: readonly string[];
  readonly runType: string;
  /** KAGGLE_CONTAINER_NAME with `a` for each letter and `0` for each digit. */
  readonly container: string;
  /** Files below /kaggle/input. */
  readonly inputs: readonly string[];
  /** What was in /kaggle/working at the start. */
  readonly working: readonly string[];
  readonly folder: string;
}

/** What the check has made and found so far. */
export interface Facts {
  readonly user: string;
  readonly dataset: { readonly owner: string; readonly slug: string; readonly title: string };
  /** The version of archives: its number, and the names that are listed of it. */
  readonly packed: { readonly version: number; readonly files: readonly string[] };
  /** The version that is one archive: the names that are listed of it. */
  readonly single: { readonly files: readonly string[] };
  readonly kernel: PushedKernel & { readonly title: string };
}

export interface AskOptions {
  readonly headers?: Record<string, string> | undefined;
  /** Who asks; default the client with the user's credential. */
  readonly by?: KaggleClient | undefined;
}

/** What a question may look at, and ask. */
export interface Scene {
  readonly client: KaggleClient;
  readonly credential: Credential | undefined;
  readonly exchanges: readonly Exchange[];
  readonly signal: AbortSignal;
  /** What was made so far. Throws `NotSeen` for what was not. */
  fact<Name extends keyof Facts>(name: Name): Facts[Name];
  /** A client of the same server with another credential. */
  as(credential: Credential): KaggleClient;
  /** POSTs to `service/Method`. Redirects are not followed. */
  ask(method: string, body: object, options?: AskOptions): Promise<Reply>;
  /** GETs an address below the API's base, with the credential. */
  read(path: string): Promise<Reply>;
  /** Sends a request to the storage, without credential. */
  send(url: string, init?: RequestInit & { duplex?: 'half' }): Promise<Reply>;
  /** The result of `act`, which is carried out once for all questions. */
  once<T>(key: string, act: () => Promise<T>): Promise<T>;
}

/** A finding in words, which agrees or not. */
export function found(agrees: boolean, seen: string): Finding {
  return { seen, agrees };
}

/** `text` without what would make it more than a line of a table. */
export function brief(text: string, most = 140): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}...` : line;
}

/** An object's field, whatever it is of. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined | null)?.[name], value);
}

/** Which checksums the header x-goog-hash tells. */
export function checksums(header: string | null | undefined): Finding {
  const kinds = [...(header ?? '').matchAll(/(?:^|,) *(\w+)=/g)].map(([, kind]) => kind);
  return found(kinds.includes('crc32c') && kinds.includes('md5'), kinds.join(', ') || 'no such header');
}

/** An answer in a few words: its status and what its error says. */
export function inShort({ status, json, text }: Reply): string {
  if (status === 0) return 'no response: the connection was closed';
  const nested = field(json, 'error', 'message');
  const flat = field(json, 'message') ?? field(json, 'error');
  const said = [nested, flat, status >= 400 ? text : ''].find((words) => typeof words === 'string' && words !== '');
  return said ? `${status}, ${brief(String(said))}` : String(status);
}
