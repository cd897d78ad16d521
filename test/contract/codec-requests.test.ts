import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../src/core/errors.ts';
import { sent } from './codec-support.ts';

/** The paths that `encode` complains of. */
function paths(message: string, value: unknown): string[] {
  try {
    sent(message, value);
  } catch (error) {
    if (error instanceof ValidationError) return error.issues.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe('what is refused before it is sent', () => {
  it('names the place of each mistake, however deep', () => {
    const files = [{ token: 'a' }, { token: 'b' }, { token: 3 }];
    const body = { files, categoryIds: ['x', null], versionNotes: ['no text'] };
    expect(paths('datasets.ApiCreateDatasetVersionRequest', { ownerSlug: 'me', body })).toEqual([
      'body.files[2].token',
      'body.categoryIds[1]',
      'body.versionNotes',
    ]);
    expect(paths('datasets.ApiCreateDatasetVersionRequest', 'text')).toEqual(['']);
    expect(paths('agents.ApiCompleteAgentExamSubmissionRequest', { answers: { q1: 1 } })).toEqual(['answers.q1']);
  });

  it('the error names message and places, and shows no value', () => {
    const secret = { token: { secret: 'KGAT_secret' }, tokn: 'KGAT_secret' };
    const error = (() => {
      try {
        return sent('users.ExpireApiTokenRequest', secret);
      } catch (reason) {
        return reason as ValidationError;
      }
    })() as ValidationError;
    expect(error.message).toContain('users.ExpireApiTokenRequest: token: expected a string');
    expect(`${error.message} ${JSON.stringify(error)} ${JSON.stringify(error.issues)}`).not.toContain('KGAT_secret');
  });

  it('misspelled names', () => {
    expect(paths('kernels.ApiSaveKernelRequest', { newTitel: 'x', new_title: 'x' })).toEqual(['newTitel', 'new_title']);
    expect(paths('kernels.ApiSaveKernelRequest', { newTitel: undefined })).toEqual([]);
    expect(paths('kernels.ApiSaveKernelRequest', { toString: 'x', constructor: 'x' })).toEqual([
      'toString',
      'constructor',
    ]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '1', true])('the number %s', (percentage) => {
    expect(paths('agents.AgentExamSubmissionSummary', { percentage })).toEqual(['percentage']);
  });

  it.each([
    1.5,
    Number.NaN,
    2 ** 53,
    '1.0',
    '',
    'x',
    '18446744073709551616',
    '-9223372036854775809',
    5n,
    true,
  ])('the integer %s', (id) => {
    expect(paths('kernels.ApiSaveKernelRequest', { id })).toEqual(['id']);
  });

  it.each([
    0,
    5,
    '5',
    -3,
    '9007199254740993',
    '18446744073709551615',
    '-9223372036854775808',
  ])('but not the integer %s', (id) => {
    expect(sent('kernels.ApiSaveKernelRequest', { id })).toEqual({
      id: Number.isSafeInteger(Number(id)) ? Number(id) : id,
    });
  });

  it.each([new Date('x'), '2024-01-02', 0, new Date(-1e15), new Date(8e15)])('the time %s', (createTime) => {
    expect(paths('benchmarks.ApiBenchmarkTask', { createTime })).toEqual(['createTime']);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '5s', 1e12])('the duration %s', (expiry) => {
    expect(paths('common.HttpRedirect', { expiry })).toEqual(['expiry']);
  });

  it.each([['title,name'], [1], 'title', {}])('the field mask %s', (updateMask) => {
    const mask = typeof updateMask === 'string' ? [updateMask] : updateMask;
    expect(paths('models.ApiUpdateModelRequest', { updateMask: mask === updateMask ? mask : 5 })).toEqual([
      'updateMask',
    ]);
  });

  it('but not a field mask in snake_case or camelCase', () => {
    const updateMask = ['is_private', 'publishTime', 'owner.user_name'];
    expect(sent('models.ApiUpdateModelRequest', { updateMask })).toEqual({
      updateMask: 'isPrivate,publishTime,owner.userName',
    });
  });

  it.each(['NOT_A_TYPE', '', 3, null])('the enum name %s in a list', (modality) => {
    expect(paths('benchmarks.BenchmarkModelVersion', { inputModalities: [modality] })).toEqual(['inputModalities[0]']);
  });

  it.each([[new Map()], [new Date()], [[]], ['x'], [Promise.resolve({})]])('the message %s', (body) => {
    expect(paths('datasets.ApiCreateDatasetVersionRequest', { body })).toEqual(['body']);
  });

  it('null and undefined are not set', () => {
    expect(
      sent('kernels.ApiSaveKernelRequest', { id: null, slug: undefined, isPrivate: null, categoryIds: null }),
    ).toEqual({});
    expect(sent('kernels.ApiSaveKernelRequest', undefined)).toEqual({});
  });

  it('several members of one oneof, zero values included', () => {
    expect(paths('users.ExpireApiTokenRequest', { tokenId: 0, token: '' })).toEqual(['token']);
    expect(paths('users.ExpireApiTokenRequest', { tokenId: undefined, token: '' })).toEqual([]);
  });
});
