import { allowWebAssembly } from '../../../core/hash/crc-fold.ts';
import { crc32 } from '../../../core/hash/crc32.ts';
import { crc32c } from '../../../core/hash/crc32c.ts';
import { createMd5 } from '../../../core/hash/md5.ts';
import type { Hasher } from '../../../core/platform.ts';
import { folderAt } from '../directory-folder.ts';
import { openPartFile, type PartFile } from './part-file.ts';
import { protocol, type Reply, type Request, type TaskInput, type TaskName, type TaskResult } from './protocol.ts';

const hashes = new Map<number, Hasher>();
const parts = new Map<number, PartFile>();

type Handlers = { [Name in TaskName]: (input: TaskInput<Name>) => TaskResult<Name> | Promise<TaskResult<Name>> };

const handlers: Handlers = {
  async crc({ algorithm, crc, data, webAssembly }) {
    allowWebAssembly(webAssembly);
    const bytes = data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : data;
    return (algorithm === 'crc32' ? crc32 : crc32c)(bytes, crc);
  },
  md5({ hash, data }) {
    const hasher = hashes.get(hash) ?? createMd5();
    hashes.set(hash, hasher);
    hasher.update(data);
  },
  async digest({ hash }) {
    const digest = await (hashes.get(hash) ?? createMd5()).digest();
    hashes.delete(hash);
    return digest;
  },
  async open({ part, folder, name }) {
    const file = await openPartFile(await folderAt(await navigator.storage.getDirectory(), folder, true), name);
    parts.set(part, file);
    return file.saved;
  },
  write: ({ part, data, position }) => parts.get(part)!.write(data, position),
  read: ({ part, start, end }) => parts.get(part)!.read(start, end),
  note: ({ part, value }) => parts.get(part)!.note(value),
  restart: ({ part }) => parts.get(part)!.restart(),
  async publish({ part }) {
    await parts.get(part)!.publish();
    parts.delete(part);
  },
  async close({ part, keep }) {
    await parts.get(part)?.close(keep);
    parts.delete(part);
  },
};

/** The global scope of a dedicated worker, as far as it is used. */
interface WorkerScope {
  addEventListener(type: 'message', listen: (event: MessageEvent<Request>) => void): void;
  postMessage(reply: Reply, transfer?: Transferable[]): void;
}

async function answer<Name extends TaskName>(
  { id, task, input }: Request<Name>,
  send: WorkerScope['postMessage'],
): Promise<void> {
  try {
    const result = await handlers[task](input);
    send({ id, result }, result instanceof Uint8Array ? [result.buffer as ArrayBuffer] : []);
  } catch (error) {
    const { name, message } = error as Error;
    send({ id, error: { name, message } });
  }
}

/** Carries out the tasks that the page sends to this worker. Does nothing outside of a worker. */
export function serve(): void {
  if (!('DedicatedWorkerGlobalScope' in globalThis)) return;
  const scope = globalThis as unknown as WorkerScope;
  const send: WorkerScope['postMessage'] = (reply, transfer) => scope.postMessage(reply, transfer);
  scope.addEventListener('message', ({ data }) => void answer(data, send));
  send({ protocol });
}
