import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSealer } from '../../src/core/auth/seal.ts';
import { fromBase64Url, toBase64Url } from '../../src/core/base64url.ts';

const secret = 'KGAT_0123456789abcdef0123456789abcdef';
const sealer = createSealer(secret, 'test');
const address = 'https://storage.test/upload?signature=abcdef0123456789';

describe('base64url', () => {
  it('decodes what it encoded, of any length', () => {
    for (const length of [0, 1, 2, 3, 255, 0x2000, 0x2001, 100_000]) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 + 255) % 256);
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
    }
    expect(toBase64Url(Uint8Array.of(251, 255, 254))).toBe('-__-');
  });

  it.each([
    ['padding', 'AA=='],
    ['the other alphabet', '+/+/'],
    ['an impossible length', 'AAAAA'],
    ['bits that do not count', 'AB'],
    ['a space', 'AA A'],
    ['a line break at the end', 'AAAA\n'],
  ])('refuses %s', (_name, text) => expect(fromBase64Url(text)).toBeUndefined());
});

describe('a sealed value', () => {
  it('opens to the same value', async () => {
    const value = { address, list: [1, 'ü', null], at: { deep: true } };
    const text = await sealer.seal(value, { context: ['alice', 'upload'] });
    expect(await sealer.open(text, { context: ['alice', 'upload'] })).toEqual({ value });
    // Another sealer with the same secret, as in another process.
    const other = createSealer(secret, 'test');
    expect(await other.open(text, { context: ['alice', 'upload'] })).toEqual({ value });
  });

  it('is safe in a URL, shows nothing of the value, and is never the same twice', async () => {
    const texts = await Promise.all(Array.from({ length: 20 }, () => sealer.seal(address)));
    expect(new Set(texts).size).toBe(20);
    for (const text of texts) {
      expect(text).toMatch(/^[\w-]+$/);
      expect(new TextDecoder().decode(fromBase64Url(text)!)).not.toContain('storage');
    }
  });

  it.each([
    ['another secret', createSealer(`${secret}0`, 'test'), ['alice', 'upload']],
    ['another purpose', createSealer(secret, 'tests'), ['alice', 'upload']],
    ['another user', sealer, ['bob', 'upload']],
    ['another action', sealer, ['alice', 'download']],
    ['a context of one text that reads the same', sealer, ['alice,upload']],
    ['no context', sealer, undefined],
  ])('does not open for %s', async (_name, other, context) => {
    const text = await sealer.seal(address, { context: ['alice', 'upload'] });
    expect(await other.open(text, { context })).toEqual({ failure: 'invalid' });
  });

  it('does not open after any change of one character, shortened, or extended', async () => {
    const text = await sealer.seal({ a: 1 });
    const change = fc
      .tuple(fc.nat(text.length - 1), fc.constantFrom(...'ABCDEFabcdef0189-_'))
      .filter(([at, char]) => text[at] !== char)
      .map(([at, char]) => text.slice(0, at) + char + text.slice(at + 1));
    const cut = fc.nat(text.length - 1).map((length) => text.slice(0, length));
    const extended = fc.stringMatching(/^[\w-]{1,8}$/).map((more) => text + more);
    await fc.assert(
      fc.asyncProperty(fc.oneof(change, cut, extended, fc.string()), async (changed) => {
        expect(['invalid', 'version']).toContain(((await sealer.open(changed)) as { failure: string }).failure);
      }),
      { numRuns: 300 },
    );
  });

  it('expires at its time, not before', async () => {
    const text = await sealer.seal(address, { expires: 1000 });
    expect(await sealer.open(text, { now: 999 })).toEqual({ value: address });
    expect(await sealer.open(text, { now: 1000 })).toEqual({ failure: 'expired' });
    expect(await sealer.open(text)).toEqual({ failure: 'expired' });
  });

  it('does not tell an expired value to somebody who cannot open it', async () => {
    const text = await sealer.seal(address, { context: ['alice'], expires: 1 });
    expect(await sealer.open(text, { context: ['bob'] })).toEqual({ failure: 'invalid' });
  });

  it('of another version says so', async () => {
    const bytes = fromBase64Url(await sealer.seal(address))!;
    bytes[0] = 2;
    expect(await sealer.open(toBase64Url(bytes))).toEqual({ failure: 'version' });
  });

  it('needs a secret', () => {
    expect(() => createSealer('', 'test')).toThrow('the secret is empty');
  });

  it('stays readable: a value of today opens with later releases', async () => {
    const text = 'ASZTX-PuAM054ThZs-sMTjHBkhXbBd6MxAiRJMc3Y0s6tLhhkpjR-9KGT3swZabJPFc1ig';
    const old = createSealer('a secret that does not change', 'test');
    expect(await old.open(text, { context: ['alice'] })).toEqual({ value: { kept: true } });
  });
});
