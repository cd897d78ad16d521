import { describe, expect, test } from 'vitest';
import { callInLog, createMarkerFilter, withoutMarker } from '../../src/services/kernels/log/marker.ts';
import { callLine, nonce, resultLine, sessionLine } from './remote-functions-fake.ts';

const entry = (data: string) => ({ stream: 'stdout' as const, time: 1, data });
const result = resultLine({ entry: 'embed', value: 1 });
const [, length, base64] = / (\d+) (.*)##/.exec(result)!;

/** The log in pieces of one size. */
const pieces = (log: string, size: number) => (log.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).map(entry);

function read(log: string, size: number) {
  const filter = createMarkerFilter();
  const shown = [...pieces(log, size).map(filter.take), filter.rest()].map((found) => found?.data ?? '').join('');
  return { shown, sessionId: filter.sessionId, result: filter.result };
}

const other = (text: string) => text.replaceAll(nonce, 'e'.repeat(32));

describe('the markers of a call, in pieces of every size', () => {
  test.each([
    ['a function that prints nothing', sessionLine + callLine + result, ''],
    ['without a session ID', callLine + result, ''],
    ['with lines before the session ID', `starting\n${sessionLine}${callLine}a\n${result}`, 'starting\na\n'],
    ['after half a line', `${sessionLine}${callLine}##k${result}b\n`, '##kb\n'],
    ['with CRLF', (sessionLine + callLine + result).replaceAll('\n', '\r\n'), ''],
    [
      'beside those of another call',
      `${sessionLine}${callLine}${other(callLine + result)}${result}`,
      other(callLine + result),
    ],
  ])('%s', (_, log, shown) => {
    for (let size = 1; size <= log.length; size++) {
      const found = read(log, size);
      expect(found, `pieces of ${size}`).toMatchObject({ shown, result: `${length} ${base64}` });
      expect(found.sessionId).toBe(log.includes('session') ? '1001' : undefined);
      expect(callInLog(pieces(log, size))).toMatchObject({ nonce, result: found.result });
    }
  });

  test.each([
    ['another line comes first', `one\n${callLine}${result}`],
    ['a line comes between', `one\n${callLine}${result}`, sessionLine],
    ['the nonce is another one', other(result), sessionLine + callLine],
    ['the line is not complete', `${callLine.trimEnd()} and more\n${result}`],
  ])('are lines of the user if %s', (_, log, hidden = '') => {
    for (let size = 1; size <= log.length; size++) {
      expect(read(hidden + log, size)).toMatchObject({ shown: log, result: undefined });
    }
  });

  test('a result that was cut off is not shown', () => {
    const log = sessionLine + callLine + result;
    for (let cut = 1; cut < result.length; cut++) {
      const found = read(log.slice(0, -cut), 7);
      expect(found.result).toBeUndefined();
      // Before its nonce is complete, it may be a line of the user.
      expect(log.slice(0, -cut)).toContain(found.shown);
      if (result.length - cut > `##kaggle-ts ${nonce} `.length) expect(found.shown).toBe('');
    }
  });

  test('a log without markers stays as it is', () => {
    const entries = pieces('##kaggle-ts\n##kaggle-ts session=\nx##', 3);
    expect(
      withoutMarker(entries)
        .map(({ data }) => data)
        .join(''),
    ).toBe('##kaggle-ts\n##kaggle-ts session=\nx##');
  });
});
