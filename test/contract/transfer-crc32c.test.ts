import { readFileSync } from 'node:fs';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { generatedModule } from '../../scripts/wasm.ts';
import { createHasher } from '../../src/core/hash/checksum.ts';
import { combineCrc32c, crc32c } from '../../src/core/hash/crc32c.ts';
import type { Platform } from '../../src/core/platform.ts';
import { nodeHasher } from '../../src/platform/common/node-hasher.ts';

const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
console.log(`crc32c: FC_SEED=${seed}`);

/** Bit by bit, as the polynomial is defined: what all others are held against. */
function slow(data: Uint8Array, polynomial = 0x82f63b78): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** Bytes without a pattern, always the same. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return state >>> 16;
  });
}

/** RFC 3720, B.4, with the digests read as numbers. */
const vectors: [name: string, data: Uint8Array, crc: number][] = [
  ['nothing', new Uint8Array(), 0],
  ['123456789', new TextEncoder().encode('123456789'), 0xe3069283],
  ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(255), 0x62a8ab43],
  ['32 bytes ascending', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['32 bytes descending', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  [
    'an iSCSI read command',
    Uint8Array.from(atob('AcAAAAAAAAAAAAAAAAAAABQAAAAAAAQAAAAAFAAAABgoAAAAAAAAAAIAAAAAAAAA'), (char) =>
      char.charCodeAt(0),
    ),
    0xd9963a56,
  ],
];

describe.each(['WebAssembly', 'JavaScript'])('in %s', (way) => {
  let c: typeof import('../../src/core/hash/crc32c.ts');
  let zip: typeof import('../../src/core/hash/crc32.ts');
  let [tried, made] = [0, 0];

  beforeAll(async () => {
    vi.resetModules();
    class Module extends WebAssembly.Module {
      constructor(bytes: BufferSource) {
        tried++;
        if (way === 'JavaScript') throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder');
        super(bytes);
        made++;
      }
    }
    vi.stubGlobal('WebAssembly', { Module, Instance: WebAssembly.Instance });
    c = await import('../../src/core/hash/crc32c.ts');
    zip = await import('../../src/core/hash/crc32.ts');
  });
  afterAll(() => {
    vi.unstubAllGlobals();
  });

  test.each(vectors)('%s', (_name, data, crc) => {
    expect(c.crc32c(data)).toBe(crc);
  });

  test('any length from any offset, in any pieces, goes on from the piece before', () => {
    const data = noise(600_000);
    // What lies before and behind the piece must not count; lengths around a staging block (128 KiB) and beyond two.
    const length = fc.oneof(
      fc.nat(70_000),
      fc.integer({ min: 131_000, max: 131_200 }),
      fc.integer({ max: 400_000, min: 0 }),
    );
    fc.assert(
      fc.property(fc.nat(200_000), length, fc.array(fc.nat(400_000), { maxLength: 3 }), (from, size, cuts) => {
        const piece = data.subarray(from, from + size);
        const places = [0, ...cuts.filter((cut) => cut < size).sort((x, y) => x - y), size];
        for (const [whole, part] of [
          [zlibCrc32(piece), zip.crc32],
          [slow(piece), c.crc32c],
        ] as const) {
          let crc = 0;
          places.slice(1).forEach((end, i) => {
            crc = part(piece.subarray(places[i], end), crc);
          });
          expect(crc).toBe(whole);
        }
      }),
      { seed, numRuns: 40 },
    );
  });

  test('every length up to some steps of sixteen bytes, from every offset in a word', () => {
    const data = noise(100);
    for (let from = 0; from < 4; from++) {
      for (let size = 0; size < 70; size++) {
        const piece = data.subarray(from, from + size);
        expect(c.crc32c(piece)).toBe(slow(piece));
        expect(zip.crc32(piece)).toBe(slow(piece, 0xedb88320));
      }
    }
  });

  test('every length around the one where folding starts', () => {
    const data = noise(17_000);
    for (let size = 16_300; size < 16_450; size += 3) {
      expect(c.crc32c(data.subarray(1, 1 + size))).toBe(slow(data.subarray(1, 1 + size)));
      expect(zip.crc32(data.subarray(1, 1 + size))).toBe(slow(data.subarray(1, 1 + size), 0xedb88320));
    }
  });

  test('a shared buffer', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(50_000));
    shared.set(noise(50_000));
    expect(c.crc32c(shared)).toBe(slow(noise(50_000)));
  });

  test('two hashers in turns, digests in big-endian order', () => {
    const [one, other] = [c.createCrc32c(), c.createCrc32c()];
    const data = noise(200_000);
    for (let at = 0; at < data.length; at += 50_000) {
      one.update(data.subarray(at, at + 50_000));
      other.update(new Uint8Array(50_000));
    }
    expect(one.digest()).toEqual(Uint8Array.from(Buffer.from(slow(data).toString(16).padStart(8, '0'), 'hex')));
    expect(other.digest()).not.toEqual(one.digest());
  });

  test('the module is compiled once, and never again where that is forbidden', () => {
    expect([tried, made]).toEqual([1, way === 'WebAssembly' ? 1 : 0]);
  });
});

test.each<[string, Partial<Platform>]>([
  ['ours', {}],
  ['the one of node:zlib', { hasher: nodeHasher }],
])('crc32 of a transfer: %s', async (_name, own) => {
  const hasher = createHasher({ name: 'memory', concurrency: 1, ...own }, 'crc32');
  await hasher.update(new TextEncoder().encode('1234'));
  await hasher.update(new TextEncoder().encode('56789'));
  expect(await hasher.digest()).toEqual(Uint8Array.of(0xcb, 0xf4, 0x39, 0x26));
});

test('the module is what its source says', () => {
  const path = new URL('../../src/core/hash/crc-fold-wasm.ts', import.meta.url);
  expect(readFileSync(path, 'utf8')).toBe(generatedModule());
});

describe('combineCrc32c', () => {
  test('the checksums of two pieces give that of the whole, wherever it is split', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (data, at) => {
        const [first, second] = [data.subarray(0, at), data.subarray(at)];
        expect(combineCrc32c(slow(first), slow(second), second.length)).toBe(slow(data));
      }),
      { seed, numRuns: 1000 },
    );
  });

  test('a second piece of more than 4 GiB', () => {
    // Doubling: the CRC of 2^k zero bytes comes from two of 2^(k-1), each step with a length that the one before proved.
    const mebi = crc32c(new Uint8Array(2 ** 20));
    let zeros = mebi;
    let length = 2 ** 20;
    for (; length < 2 ** 33; length *= 2) zeros = combineCrc32c(zeros, zeros, length);
    let steps = slow(Uint8Array.of(1, 2, 3));
    for (let done = 0; done < 2 ** 33; done += 2 ** 20) steps = combineCrc32c(steps, mebi, 2 ** 20);
    expect(combineCrc32c(slow(Uint8Array.of(1, 2, 3)), zeros, 2 ** 33)).toBe(steps);
    expect(combineCrc32c(0, zeros, 2 ** 33)).toBe(zeros);
  });

  test('an empty second piece changes nothing', () => {
    expect(combineCrc32c(0xe3069283, 0, 0)).toBe(0xe3069283);
  });
});
