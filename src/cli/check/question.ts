import type { Credential } from '../../core/auth/credential.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { PushedKernel } from '../../services/kernels/index.ts';
import type { Exchange } from './observe.ts';

/**
 * When a question is answered: after reading (`live`), right after a dataset was created (`created`), when it is ready
 * (`ready`), when versions of archives are ready (`packed`), right after a push (`pushed`), while the kernel runs (`running`),
 * when it has ended (`done`), and at the end, from the recorded requests (`end`).
 */
export type Stage = 'live' | 'created' | 'ready' | 'packed' | 'pushed' | 'running' | 'done' | 'end';

/** The observation, or why there is none. */
export type Finding = { readonly seen: string; readonly agrees: boolean } | { readonly why: string };

/** Confidence of an assumption: several observations or the official client (A), one observation (B), hearsay or a guess (C). */
export type Confidence = 'A' | 'B' | 'C';

/** One property of the server. */
export interface Question {
  readonly id: string;
  readonly asks: string;
  /** What kaggle-ts and its emulator assume. */
  readonly assumed: string;
  readonly confidence: Confidence;
  readonly stage: Stage;
  /** Answers the question. Throws `NotSeen` if it cannot be answered. */
  answer(scene: Scene): Finding | Promise<Finding>;
}

/** Questions about one topic, in the order of the report. */
export interface Group {
  readonly title: string;
  readonly questions: readonly Question[];
}

/** A question cannot be answered; the message says why. */
export class NotSeen extends Error {}

/** A complete response. */
export interface Reply {
  /** 0 if the connection was closed without a response. */
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, if it is JSON. */
  readonly json: unknown;
}

/** What the kernel recorded about its environment. */
export interface Inside {
  /** Names of the variables that start with KAGGLE_. */
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

/** What the check has created and found so far. */
export interface Facts {
  readonly user: string;
  readonly dataset: { readonly owner: string; readonly slug: string; readonly title: string };
  /** The version that contains archives: its number and its files. */
  readonly packed: { readonly version: number; readonly files: readonly string[] };
  /** The files of the version that consists of one archive. */
  readonly single: { readonly files: readonly string[] };
  readonly kernel: PushedKernel & { readonly title: string };
}

export interface AskOptions {
  readonly headers?: Record<string, string> | undefined;
  /** The client to use; by default the one with the user's credential. */
  readonly by?: KaggleClient | undefined;
}

/** What a question can use. */
export interface Scene {
  readonly client: KaggleClient;
  readonly credential: Credential | undefined;
  readonly exchanges: readonly Exchange[];
  readonly signal: AbortSignal;
  /** A fact of the check. Throws `NotSeen` if the check has not established it. */
  fact<Name extends keyof Facts>(name: Name): Facts[Name];
  /** A client of the same server with another credential. */
  as(credential: Credential): KaggleClient;
  /** POSTs to `service/Method`. Redirects are not followed. */
  ask(method: string, body: object, options?: AskOptions): Promise<Reply>;
  /** GETs a path under the base URL of the API, with the credential. */
  read(path: string): Promise<Reply>;
  /** Sends a request to the storage, without credential. */
  send(url: string, init?: RequestInit & { duplex?: 'half' }): Promise<Reply>;
  /** The result of `act`, which is called once for all questions. */
  once<T>(key: string, act: () => Promise<T>): Promise<T>;
}

/** An observation, and whether it agrees with the assumption. */
export function found(agrees: boolean, seen: string): Finding {
  return { seen, agrees };
}

/** `text` as one short line. */
export function brief(text: string, most = 140): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}...` : line;
}

/** A nested field of any value; `undefined` if there is none. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined | null)?.[name], value);
}

/** The checksums in the header x-goog-hash. */
export function checksums(header: string | null | undefined): Finding {
  const kinds = [...(header ?? '').matchAll(/(?:^|,) *(\w+)=/g)].map(([, kind]) => kind);
  return found(kinds.includes('crc32c') && kinds.includes('md5'), kinds.join(', ') || 'no such header');
}

/** A response as a short text: its status and its error message. */
export function inShort({ status, json, text }: Reply): string {
  if (status === 0) return 'no response: the connection was closed';
  const nested = field(json, 'error', 'message');
  const flat = field(json, 'message') ?? field(json, 'error');
  const said = [nested, flat, status >= 400 ? text : ''].find((words) => typeof words === 'string' && words !== '');
  return said ? `${status}, ${brief(String(said))}` : String(status);
}
