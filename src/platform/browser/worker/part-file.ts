import { errorCode } from '../../../core/bytes/file-error.ts';
import { crc32c } from '../../../core/hash/crc32c.ts';
import { bytesName, noteNames, partName } from '../part-names.ts';
import type { SavedPart } from './protocol.ts';

/** Synchronous access to a file, which browsers offer in dedicated workers only. Holding one locks the file. */
interface SyncFile {
  read(buffer: Uint8Array, options: { at: number }): number;
  write(buffer: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

interface WorkerFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncFile>;
  move(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

/** An open, unfinished file. */
export interface PartFile {
  readonly saved: SavedPart | undefined;
  write(data: Uint8Array, position: number): void;
  read(start: number, end: number): Uint8Array<ArrayBuffer>;
  note(value: unknown): void;
  restart(): void;
  publish(): Promise<void>;
  close(keep: boolean): Promise<void>;
}

/** Milliseconds for which a file of a closed page can stay locked, until its worker has ended. */
const longestEnd = 5000;

async function openFile(folder: FileSystemDirectoryHandle, name: string): Promise<[WorkerFileHandle, SyncFile]> {
  const handle = (await folder.getFileHandle(name, { create: true })) as WorkerFileHandle;
  for (const start = performance.now(); ; ) {
    try {
      return [handle, await handle.createSyncAccessHandle()];
    } catch (error) {
      const locked = errorCode(error) === 'NoModificationAllowedError';
      if (!locked || performance.now() - start > longestEnd) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Writes a note: a checksum, as a crash can leave half of it, and JSON. */
function writeNote(file: SyncFile, sequence: number, note: unknown): void {
  const json = new TextEncoder().encode(JSON.stringify({ sequence, note }));
  const bytes = new Uint8Array(4 + json.length);
  new DataView(bytes.buffer).setUint32(0, crc32c(json));
  bytes.set(json, 4);
  file.truncate(0);
  file.write(bytes, { at: 0 });
  file.flush();
}

function readNote(file: SyncFile): { sequence: number; note: unknown } | undefined {
  const bytes = new Uint8Array(file.getSize());
  file.read(bytes, { at: 0 });
  const json = bytes.subarray(4);
  if (json.length === 0 || new DataView(bytes.buffer).getUint32(0) !== crc32c(json)) return undefined;
  return JSON.parse(new TextDecoder().decode(json));
}

/**
 * Opens the unfinished file of `name`: a folder beside it with the bytes, and two notes of which the newer valid one counts, as a file
 * cannot be replaced atomically here.
 */
export async function openPartFile(folder: FileSystemDirectoryHandle, name: string): Promise<PartFile> {
  const place = await folder.getDirectoryHandle(partName(name), { create: true });
  const opened: SyncFile[] = [];
  const open = async (file: string) => {
    const [handle, access] = await openFile(place, file);
    opened.push(access);
    return { handle, access };
  };
  const closeAll = () => {
    for (const access of opened.splice(0)) access.close();
  };
  try {
    const bytes = await open(bytesName);
    const notes = [(await open(noteNames[0])).access, (await open(noteNames[1])).access] as const;
    const [a, b] = notes.map(readNote);
    const newest = (a?.sequence ?? -1) > (b?.sequence ?? -1) ? a : b;
    let sequence = newest?.sequence ?? 0;
    return {
      saved: newest && { note: newest.note, size: bytes.access.getSize() },
      write(data, position) {
        for (let done = 0; done < data.length; ) {
          done += bytes.access.write(data.subarray(done), { at: position + done });
        }
      },
      read(start, end) {
        const data = new Uint8Array(end - start);
        return data.subarray(0, bytes.access.read(data, { at: start }));
      },
      note(value) {
        // What the note describes is on the disk before it.
        bytes.access.flush();
        // Counted when it is written: after a failure, the next note replaces the one that failed, not the other, valid one.
        const next = sequence + 1;
        writeNote(notes[next % 2 === 0 ? 0 : 1], next, value);
        sequence = next;
      },
      restart() {
        for (const note of notes) note.truncate(0);
        bytes.access.truncate(0);
      },
      async publish() {
        bytes.access.flush();
        closeAll();
        await bytes.handle.move(folder, name);
        await folder.removeEntry(partName(name), { recursive: true });
      },
      async close(keep) {
        closeAll();
        if (!keep) await folder.removeEntry(partName(name), { recursive: true });
      },
    };
  } catch (error) {
    closeAll();
    throw error;
  }
}
