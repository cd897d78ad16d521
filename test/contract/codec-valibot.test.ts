import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import * as codec from '../../src/core/codec/index.ts';
import { ApiSaveKernelRequestSchema, KernelWorkerStatusSchema } from '../../src/services/kernels/generated/index.ts';

const item = codec.message<{ n: codec.Int64; when?: Date }>('test.Item', () => ({
  n: codec.integer,
  when: codec.timestamp,
}));
const kinds: Array<[codec.Kind<unknown>, unknown, unknown]> = [
  [codec.string, 'x', 1],
  [codec.boolean, true, 'true'],
  [codec.integer, 5, 1.5],
  [codec.number, 1.5, Number.NaN],
  [codec.timestamp, new Date(0), '1970'],
  [codec.duration, 1.5, '1.5s'],
  [codec.fieldMask, ['isPrivate'], ['a,b']],
  [codec.list(codec.string), ['a', ''], ['a', 1]],
  [codec.map(codec.integer), { a: 0 }, { a: 'x' }],
  [KernelWorkerStatusSchema, 'COMPLETE', 'NONE_SUCH'],
  [item, { n: 5, when: new Date(0) }, { n: 'x' }],
];

describe('the codec as valibot schemas', () => {
  it.each(kinds.map(([kind, good, bad]) => [kind.type, kind, good, bad] as const))('%s', async (_, kind, good, bad) => {
    expect(kind).toMatchObject({ kind: 'schema', async: false });
    expect(v.parse(kind, good)).toEqual(good);
    expect(v.is(kind, good)).toBe(true);
    expect(v.is(kind, bad)).toBe(false);
    expect(() => v.parse(kind, bad)).toThrow(v.ValiError);
    expect(await kind['~standard'].validate(good)).toMatchObject({ value: good });
    expect(await kind['~standard'].validate(bad)).toHaveProperty('issues');
  });

  it('takes any JSON for any', () => {
    expect(v.parse(codec.any, { a: [null] })).toEqual({ a: [null] });
  });

  it('gives issues with paths in the form of valibot', () => {
    const { success, issues } = v.safeParse(ApiSaveKernelRequestSchema, { slug: 3, datasetDataSources: ['a', 4] });
    expect(success).toBe(false);
    expect(issues?.map((issue) => [v.getDotPath(issue), issue.input !== undefined, issue.message])).toEqual([
      ['slug', true, 'expected a string, got a number'],
      ['datasetDataSources.1', true, 'expected a string, got a number'],
    ]);
    expect(v.flatten(issues as never)).toHaveProperty('nested.slug');
  });

  it('parsing fills defaults and leaves the input alone', () => {
    const input = Object.freeze({ slug: 'a/b' });
    const output = v.parse(ApiSaveKernelRequestSchema, input);
    expect(output).toMatchObject({ slug: 'a/b', datasetDataSources: [] });
    expect(input).toEqual({ slug: 'a/b' });
  });

  it('fits into schemas of valibot', () => {
    const schema = v.object({
      kernels: v.array(ApiSaveKernelRequestSchema),
      status: v.optional(KernelWorkerStatusSchema),
    });
    const { issues } = v.safeParse(schema, { kernels: [{}, { slug: 5 }] });
    expect(issues?.map((issue) => v.getDotPath(issue))).toEqual(['kernels.1.slug']);
    expect(v.is(v.pipe(codec.string, v.minLength(2)), 'x')).toBe(false);
  });

  it('messages may contain themselves', () => {
    interface Tree {
      children: Tree[];
    }
    const tree: codec.Message<Tree> = codec.message('test.Tree', () => ({ children: codec.list(tree) }));
    expect(tree.decode({ children: [{}, { children: [{}] }] })).toEqual({
      children: [{ children: [] }, { children: [{ children: [] }] }],
    });
    expect(() => tree.encode({ children: [{ children: [{ child: 1 }] }] })).toThrow('children[0].children[0].child');
  });
});
