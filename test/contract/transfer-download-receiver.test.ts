import { describe, expect, test } from 'vitest';
import type { PartialSink } from '../../src/core/platform.ts';
import { createAssembly } from '../../src/core/transfer/download/assembly.ts';
import { batchSize, createBuffers, createReceiver } from '../../src/core/transfer/download/receiver.ts';
import { contentFacts } from '../../src/core/transfer/ranged/content.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';

/** A sink whose writes end when the test says so, in any order. */
function heldSink() {
  const writes: { position: number; length: number; end(): void; fail(error: Error): void }[] = [];
  const write = (data: Uint8Array, position: number) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    writes.push({ position, length: data.length, end: resolve, fail: reject });
    return promise;
  };
  return { write, writes };
}

const turn = () => new Promise<void>((resolve) => setTimeout(resolve));
const batch = new Uint8Array(batchSize);

describe('what a receiver says is written', () => {
  function receiver() {
    const sink = heldSink();
    const told: number[] = [];
    const made = createReceiver({
      sink,
      start: 100,
      hasher: undefined,
      buffers: createBuffers(batchSize, false),
      onWritten: () => told.push(made.written),
    });
    return { sink, told, made };
  }

  test('is nothing, while the write before is under way', async () => {
    const { sink, told, made } = receiver();
    await made.take(batch);
    await made.take(batch);
    await expect.poll(() => sink.writes.length).toBe(2);
    expect(made.at).toBe(100 + 2 * batchSize);
    sink.writes[1]!.end();
    await turn();
    expect([made.written, told]).toEqual([100, []]);
    sink.writes[0]!.end();
    await made.flush();
    expect([made.written, told]).toEqual([100 + 2 * batchSize, [100 + batchSize, 100 + 2 * batchSize]]);
  });

  test('is nothing behind a write that failed, also when it is flushed again', async () => {
    const { sink, told, made } = receiver();
    await made.take(batch);
    await made.take(batch);
    await expect.poll(() => sink.writes.length).toBe(2);
    sink.writes[0]!.fail(new Error('disk full'));
    sink.writes[1]!.end();
    for (let time = 0; time < 2; time++) await expect(made.flush()).rejects.toThrow('disk full');
    expect([made.written, told]).toEqual([100, []]);
  });
});

describe('an assembly', () => {
  const total = 3 * batchSize;
  const facts = contentFacts(new Headers({ etag: '"a"', 'content-length': String(total) }));

  /** A resumable sink that notes what happens to it, and holds what the test names. */
  function openSink(hold: { write?: Promise<void>; note?: Promise<void> } = {}) {
    const events: string[] = [];
    const notes: { ranges: [number, number][] }[] = [];
    const sink: PartialSink = {
      positional: true,
      saved: undefined,
      async write(_data, position) {
        await hold.write;
        events.push(`write ${position / batchSize}`);
      },
      read: () => new Blob([]).stream(),
      async note(value) {
        await hold.note;
        events.push('note');
        notes.push(value as (typeof notes)[number]);
      },
      restart: async () => undefined,
      commit: async () => void events.push('commit'),
      abort: async () => void events.push('abort'),
      leave: async () => void events.push('leave'),
    };
    return { sink, events, notes };
  }

  test('that is too short is not whole', async () => {
    const { sink } = openSink();
    const assembly = createAssembly(memoryPlatform(), sink);
    await assembly.open();
    await assembly.begin(facts);
    await assembly.claim(1)!.receiver.take(batch);
    for (const lengthIsSure of [true, false])
      expect(await assembly.check(lengthIsSure)).toEqual({
        type: 'damaged',
        message: `received ${batchSize} bytes, expected ${total}`,
      });
  });

  test('is committed after the note that is being written', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { sink, events } = openSink({ note: promise });
    const assembly = createAssembly(memoryPlatform(), sink);
    await assembly.open();
    const begun = assembly.begin(facts);
    const committed = assembly.commit();
    await turn();
    expect(events).toEqual([]);
    resolve();
    await Promise.all([begun, committed]);
    expect(events).toEqual(['note', 'commit']);
  });

  test('leaves a note of what is written, and of nothing else', async () => {
    const failing = openSink({ write: Promise.reject(new Error('disk full')) });
    const assembly = createAssembly(memoryPlatform(), failing.sink);
    await assembly.open();
    await assembly.begin(facts);
    const piece = assembly.claim(1)!;
    await piece.receiver.take(batch);
    await assembly.close(true, new Error('disk full'));
    expect(failing.notes.at(-1)!.ranges).toEqual([]);
    expect(failing.events.at(-1)).toBe('leave');
  });

  test('two connections that hand back at the same time leave no gap and no byte twice', async () => {
    const { sink } = openSink();
    const assembly = createAssembly(memoryPlatform(), sink);
    await assembly.open();
    await assembly.begin(facts);
    const first = assembly.claim(1)!;
    await first.receiver.take(batch);
    const others = [assembly.claim(1)!, assembly.claim(1)!];
    for (const piece of others) piece.busy = false;
    assembly.merge();
    first.busy = false;
    assembly.merge();
    let at = first.receiver.at;
    for (let piece = assembly.claim(total); piece; piece = assembly.claim(total)) {
      expect(piece.receiver.at).toBe(at);
      at = piece.end;
      while (piece.receiver.at < piece.end)
        await piece.receiver.take(new Uint8Array(Math.min(1000, piece.end - piece.receiver.at)));
      piece.busy = false;
    }
    expect([at, assembly.received, assembly.complete]).toEqual([total, total, true]);
    expect(await assembly.check(true)).toEqual({ type: 'whole', verified: 'length' });
  });
});
