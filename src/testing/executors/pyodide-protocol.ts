/** The messages between the executor and its worker. */
import type { JobResult, MountedInput } from './types.ts';

/** Messages to the worker: first `start`, then one `run`. */
export type ToWorker = StartOrder | RunOrder;

export interface StartOrder {
  type: 'start';
  /** Absolute path of a folder of wheels. */
  packages: string | undefined;
  fetchPackages: boolean;
}

export interface RunOrder {
  type: 'run';
  text: string;
  kernelType: string;
  inputs: MountedInput[];
  env: Readonly<Record<string, string>>;
  /** One shared byte; see `interrupt.ts`. */
  interrupt: Uint8Array;
}

/** Messages from the worker. */
export type FromWorker =
  | { type: 'started' }
  /** The kernel has ended, and its files are being collected. */
  | { type: 'over' }
  | { type: 'output'; stream: 'stdout' | 'stderr'; data: string }
  | ({ type: 'result' } & JobResult)
  /** The interpreter could not be started. */
  | { type: 'broken'; message: string };

const maxMessage = 10_000;

type Fields = Record<string, unknown>;

const isText = (value: unknown): value is string => typeof value === 'string';
const optionalText = (value: unknown) => (isText(value) ? value.slice(0, maxMessage) : undefined);

/** Whether a relative path stays in its folder. Any other character is allowed, as on Linux. */
const staysInside = (name: string) =>
  !name.includes('\0') && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

function isFile(value: unknown): value is JobResult['files'][number] {
  const { name, data } = (value ?? {}) as Fields;
  if (!isText(name) || !staysInside(name) || !ArrayBuffer.isView(data)) return false;
  // Any other tag means other numbers than bytes, or memory that the worker could still write to.
  const tag = (item: unknown) => Object.prototype.toString.call(item);
  return tag(data) === '[object Uint8Array]' && tag(data.buffer) === '[object ArrayBuffer]';
}

/**
 * Checks a message from the worker. A kernel runs there, so messages are not trusted: unknown shapes, and files whose
 * names leave the folder, are dropped.
 */
export function readMessage(value: unknown): FromWorker | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, stream, data, files, failureMessage, message } = value as Fields;
  if (type === 'started' || type === 'over') return { type };
  if (type === 'broken' && isText(message)) return { type, message: message.slice(0, maxMessage) };
  if (type === 'output' && (stream === 'stdout' || stream === 'stderr') && isText(data)) return { type, stream, data };
  if (type !== 'result' || !Array.isArray(files)) return undefined;
  const kept = files.filter(isFile).map(({ name, data }) => ({ name, data }));
  return { type, files: kept, failureMessage: optionalText(failureMessage) };
}
