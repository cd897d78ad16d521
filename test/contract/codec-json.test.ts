import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/core/codec/index.ts';
import { bigInteger } from '../../src/core/codec/json.ts';
import { messageSchema } from './codec-support.ts';

const BIG = '9223372036854775807';

describe('JSON', () => {
  it('rounds no integer', () => {
    expect(parseJson(`{"id":${BIG},"list":[-${BIG},1],"small":9007199254740991}`)).toEqual({
      id: BIG,
      list: [`-${BIG}`, 1],
      small: 9007199254740991,
    });
    expect(parseJson('18446744073709551615')).toBe('18446744073709551615');
  });

  it('leaves fractions, exponents and digits inside texts alone', () => {
    const text = `{"a":0.12345678901234567,"b":1e21,"c":"id ${BIG}","d":"\\"${BIG}\\\\","e":12345678901234567.5,"${BIG}":0}`;
    expect(parseJson(text)).toEqual({
      a: Number('0.12345678901234567'),
      b: 1e21,
      c: `id ${BIG}`,
      d: `"${BIG}\\`,
      e: Number('12345678901234567.5'),
      [BIG]: 0,
    });
  });

  it('throws SyntaxError for what is not JSON', () => {
    for (const text of ['', '{', '<html>', `{"a":${BIG}`, `{'a':${BIG}}`])
      expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('writes large integers as numbers', () => {
    const value = {
      id: bigInteger(BIG),
      texts: [BIG, '"\u2028'],
      none: undefined,
      call: () => 1,
      list: [undefined, null, true],
      at: new Date(0),
    };
    expect(JSON.stringify(value)).toBe(
      `{"id":${BIG},"texts":["${BIG}","\\"\u2028"],"list":[null,null,true],"at":"1970-01-01T00:00:00.000Z"}`,
    );
  });

  it('an identifier survives the way through a message', () => {
    const schema = messageSchema('kernels.ApiSaveKernelRequest');
    const text = JSON.stringify(schema.encode({ id: BIG }));
    expect(text).toBe(`{"id":${BIG}}`);
    expect(schema.decode(parseJson(text)).id).toBe(BIG);
    expect(schema.decode(schema.encode({ id: BIG })).id).toBe(BIG);
  });
});

describe('large texts', () => {
  it('reads a log of some megabytes with long numbers in it', () => {
    const log = '{"data":"0.12345678901234567\\n"}'.repeat(100_000);
    const text = JSON.stringify({ log, sessionId: 1 }).replace('"sessionId":1', `"sessionId":${BIG}`);
    expect(parseJson(text)).toEqual({ log, sessionId: BIG });
  });
});
