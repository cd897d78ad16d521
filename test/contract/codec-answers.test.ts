import { describe, expect, it } from 'vitest';
import { messageSchema, sent } from './codec-support.ts';

describe('answers', () => {
  const dataset = messageSchema('datasets.ApiGetDatasetMetadataResponse');

  it('keep unknown fields, at any depth', () => {
    expect(dataset.decode({ info: { title: 't', grown: [1] }, more: null })).toMatchObject({
      info: { title: 't', grown: [1] },
      more: null,
    });
  });

  it('may be changed and sent back: unknown fields stay behind, misspelled ones are refused', () => {
    const { info } = dataset.decode({ info: { title: 't', grown: [1] } }) as { info: object };
    expect(sent('datasets.DatasetInfo', Object.assign(info, { subtitle: 's' }))).toEqual({ title: 't', subtitle: 's' });
    expect(Object.getOwnPropertySymbols({ ...info })).toEqual([]);
    expect(() => sent('datasets.DatasetInfo', Object.assign(info, { titel: 'x' }))).toThrow('titel');
    expect(() => sent('datasets.DatasetInfo', { title: 't', grown: [1] })).toThrow('grown');
  });

  it('do not enforce oneofs, and go back as they came', () => {
    const wire = { tokenId: 5, token: 'x' };
    const value = messageSchema('users.ExpireApiTokenRequest').decode(wire);
    expect(value).toMatchObject(wire);
    expect(sent('users.ExpireApiTokenRequest', value)).toEqual(wire);
    expect(() => sent('users.ExpireApiTokenRequest', wire)).toThrow('only one of tokenId, token may be set');
  });

  it('a single member of a oneof does not excuse a second one that was added', () => {
    const value = messageSchema('users.ExpireApiTokenRequest').decode({ tokenId: 5 });
    expect(() => sent('users.ExpireApiTokenRequest', { ...value, token: 'x' })).toThrow('only one of');
  });

  it('cannot change the prototype of anything', () => {
    const value = messageSchema('users.ExpireApiTokenRequest').decode(JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect('polluted' in value).toBe(false);
  });

  it.each([null, undefined, 5, 'x', [], true])('%s is read as an empty message', (wire) => {
    expect(messageSchema('users.ExpireApiTokenRequest').decode(wire)).toEqual({});
  });

  it('of methods have their defaults filled and what is optional undefined', () => {
    expect(messageSchema('kernels.ApiListKernelSessionOutputResponse').decode({})).toEqual({
      files: [],
      log: undefined,
      nextPageToken: undefined,
    });
  });
});
