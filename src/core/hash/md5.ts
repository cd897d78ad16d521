import type { Hasher } from '../platform.ts';

/** Left rotations of RFC 1321, four a round. */
const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

/** The sine table of RFC 1321: floor(2^32 * |sin(i + 1)|). */
const sines = /* @__PURE__ */ Int32Array.from(
  { length: 64 },
  (_, i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))) | 0,
);

/** Mixes the 64 bytes at `offset` into `state`. */
function mix(state: Int32Array, words: Int32Array, data: Uint8Array, offset: number): void {
  for (let i = 0; i < 16; i++) {
    const at = offset + 4 * i;
    words[i] = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    let f: number;
    let word: number;
    if (round === 0) {
      f = d ^ (b & (c ^ d));
      word = i;
    } else if (round === 1) {
      f = c ^ (d & (b ^ c));
      word = (5 * i + 1) & 15;
    } else if (round === 2) {
      f = b ^ c ^ d;
      word = (3 * i + 5) & 15;
    } else {
      f = c ^ (b | ~d);
      word = (7 * i) & 15;
    }
    const sum = (a + f + sines[i]! + words[word]!) | 0;
    const shift = shifts[4 * round + (i & 3)]!;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  state[0] = (state[0]! + a) | 0;
  state[1] = (state[1]! + b) | 0;
  state[2] = (state[2]! + c) | 0;
  state[3] = (state[3]! + d) | 0;
}

/** Creates an incremental MD5, for runtimes without a native one. It detects accidental changes, not attacks. */
export function createMd5(): Hasher {
  const state = Int32Array.of(0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476);
  const words = new Int32Array(16);
  const block = new Uint8Array(64);
  let held = 0;
  let length = 0;

  function update(data: Uint8Array): void {
    length += data.length;
    let at = 0;
    if (held > 0) {
      at = Math.min(64 - held, data.length);
      block.set(data.subarray(0, at), held);
      held += at;
      if (held < 64) return;
      mix(state, words, block, 0);
    }
    for (; at + 64 <= data.length; at += 64) mix(state, words, data, at);
    held = data.length - at;
    block.set(data.subarray(at), 0);
  }

  return {
    update,
    digest() {
      const bits = new DataView(new ArrayBuffer(8));
      bits.setUint32(0, (length * 8) >>> 0, true);
      bits.setUint32(4, Math.floor(length / 2 ** 29), true);
      const padding = new Uint8Array(((119 - (length % 64)) % 64) + 1);
      padding[0] = 0x80;
      update(padding);
      update(new Uint8Array(bits.buffer));
      const digest = new DataView(new ArrayBuffer(16));
      state.forEach((word, i) => {
        digest.setInt32(4 * i, word, true);
      });
      return new Uint8Array(digest.buffer);
    },
  };
}
