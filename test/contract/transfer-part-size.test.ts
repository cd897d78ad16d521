import { describe, expect, test } from 'vitest';
import { nextPartSize } from '../../src/core/transfer/upload/part-size.ts';

const MiB = 2 ** 20;

describe('the size of the next part', () => {
  test.each<[string, number, number, boolean, number, number]>([
    ['mostly waiting: twice as much', 8 * MiB, 60, false, 64 * MiB, 16 * MiB],
    ['but no more than there is room for', 8 * MiB, 60, false, 12 * MiB, 12 * MiB],
    ['a few seconds: as before', 8 * MiB, 3000, false, 64 * MiB, 8 * MiB],
    ['dear to lose: half', 8 * MiB, 9000, false, 64 * MiB, 4 * MiB],
    ['after a failure: half, however fast', 8 * MiB, 60, true, 64 * MiB, 4 * MiB],
    ['never less than 256 KiB', MiB / 4, 60_000, true, 64 * MiB, MiB / 4],
    ['even where there is room for less', MiB / 4, 60, false, 1000, MiB / 4],
    ['always a multiple of 256 KiB', 3 * MiB + MiB / 4, 9000, false, 64 * MiB, 1.5 * MiB],
    ['also at the limit', 8 * MiB, 60, false, 10 * MiB + 77, 10 * MiB],
  ])('%s', (_name, size, milliseconds, failed, largest, next) => {
    expect(nextPartSize(size, { milliseconds, failed, largest })).toBe(next);
  });

  test('a link of 50 ms and 100 MB a second is used to nine tenths after a few parts', () => {
    let size = 8 * MiB;
    const time = () => 50 + size / 100_000;
    for (let part = 0; part < 6; part++)
      size = nextPartSize(size, { milliseconds: time(), failed: false, largest: 128 * MiB });
    expect(50 / time()).toBeLessThan(0.1);
  });
});
