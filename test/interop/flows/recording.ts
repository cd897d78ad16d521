import { readdirSync, readFileSync } from 'node:fs';

/** A request as an official client sent it. RPCs have a JSON body, transfers a number of bytes. */
export interface RecordedRequest {
  method: string;
  /** `service/Method` for RPCs, else the path with its query. */
  path: string;
  range?: string;
  contentRange?: string;
  body?: unknown;
  size?: number;
}

export interface RecordedReply {
  status?: number;
  headers?: Record<string, string>;
  /** JSON, or a text. */
  body?: unknown;
  /** How many bytes came, where their content was not kept. */
  size?: number;
  /** Which checksums of the whole object the storage told. */
  hash?: string[];
  /** No answer: the connection was closed. */
  dropped?: boolean;
  /** The connection was closed after the body that is given here. */
  broken?: boolean;
  /** No answer, and the connection stayed open. */
  hangs?: boolean;
  /** How many bytes the upload session held afterwards. */
  stored?: number;
}

export interface Exchange {
  request: RecordedRequest;
  reply: RecordedReply;
}

export interface RecordedStep {
  /** The command line, or the call of kagglehub. */
  command: string[];
  exitCode: number | string;
  /** What the environment had otherwise; `null`: the variable was removed. */
  env?: Record<string, string | null>;
  /** What the server answered in the same way for as long as it was asked. */
  forever?: { method: string; path: string }[];
  http: Exchange[];
}

export interface RecordedFile {
  path: string;
  size: number;
  /** Seconds since 1970. */
  modified: number;
  text?: string;
}

export interface Flow {
  /** Which client in which version was recorded. */
  client: string;
  /** The folder that the client worked in. */
  input?: RecordedFile[];
  /** The sizes of the objects in the storage, by path. */
  objects?: Record<string, number>;
  steps: RecordedStep[];
}

const folder = new URL('../../vectors/flows/', import.meta.url);

export const flowNames: string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
  .sort();

export function readFlow(name: string): Flow {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}
