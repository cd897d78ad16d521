import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combineCrc32c, crc32c } from '../../src/core/transfer/crc32c.ts';

const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
console.log(`crc32c: FC_SEED=${seed}`);

/** Bit by bit, as the polynomial is defined: what all others are held against. */
function slow(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

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
