import { expect, test } from 'vitest';
import { type Capabilities, chooseStrategy, type Strategy } from '../../src/core/transfer/upload/strategy.ts';

const partSize = 8;
const nothing: Capabilities = { replayable: true, put: 'none', streams: false, blobs: false };
const all: Capabilities = { replayable: true, put: 'all', streams: true, blobs: true };

test.each<[string, number, Capabilities, Strategy]>([
  ['an empty file has nothing to stream', 0, all, 'buffer'],
  ['a small file: from memory', 8, { ...all, put: 'large' }, 'buffer'],
  ['a small file, where put is the cheaper way for it, too', 8, all, 'put'],
  ['a large file, where the platform has a way of its own', 9, { ...all, put: 'large' }, 'put'],
  ['a large file, where fetch takes a stream of known length', 9, { ...all, put: 'none' }, 'stream'],
  ['a large file, where it does not: Blobs', 9, { ...nothing, blobs: true }, 'blob'],
  ['a large file, with none of these: parts from memory', 9, nothing, 'buffer'],
  ['a small file, with none of these', 8, nothing, 'buffer'],
  ['a small Blob is read once, as any small file', 8, { ...nothing, blobs: true }, 'buffer'],
  ['a large stream that can be read once has to be held', 9, { ...all, replayable: false }, 'buffer'],
  ['a small one too', 8, { ...all, replayable: false }, 'buffer'],
])('%s', (_name, size, can, strategy) => {
  expect(chooseStrategy(size, partSize, can)).toBe(strategy);
});
