import { describe, expect, it } from 'vitest';
import { type ApiError, isKaggleError, ValidationError } from '../../src/core/errors.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { type Fields, messageSchema, readJson, sent } from './codec-support.ts';

/** The numbered defects of the official clients that concern (de)serialisation: none of them is ours. */

const decode = (message: string, wire: unknown): Fields => messageSchema(message).decode(wire);
const expiry = (wire: unknown): unknown => decode('common.HttpRedirect', { expiry: wire }).expiry;
const sentExpiry = (seconds: number): unknown => sent('common.HttpRedirect', { expiry: seconds });
const created = (wire: string): string | undefined =>
  (decode('benchmarks.ApiBenchmarkTask', { createTime: wire }).createTime as Date | undefined)?.toISOString();

describe('defects of the official clients that the codec does not have', () => {
  it('defect 1: durations with a fraction are sent with three or six digits', () => {
    const texts = {
      1.005: '1.005s',
      1.000005: '1.000005s',
      1.5: '1.500s',
      0.001: '0.001s',
      43200.25: '43200.250s',
      3: '3s',
      0: '0s',
    };
    for (const [seconds, text] of Object.entries(texts)) {
      expect(sentExpiry(Number(seconds))).toEqual({ expiry: text });
      expect(expiry(text)).toBe(Number(seconds));
    }
  });

  it('defect 2: durations keep their days and their sign', () => {
    const texts = {
      [2 * 86_400 + 3]: '172803s',
      86400: '86400s',
      [-5]: '-5s',
      [-86_400.5]: '-86400.500s',
      315576000000: '315576000000s',
    };
    for (const [seconds, text] of Object.entries(texts)) {
      expect(sentExpiry(Number(seconds))).toEqual({ expiry: text });
      expect(expiry(text)).toBe(Number(seconds));
    }
    expect(sentExpiry(-0)).toEqual({ expiry: '0s' });
    expect(sentExpiry(-1e-9)).toEqual({ expiry: '0s' });
  });

  it('defect 3: a time is sent in UTC with one Z, whatever zone it was read in', () => {
    const value = decode('benchmarks.ApiBenchmarkTask', { createTime: '2024-01-02T03:04:05-05:30' });
    expect(sent('benchmarks.ApiBenchmarkTask', value)).toEqual({ createTime: '2024-01-02T08:34:05.000Z' });
  });

  it('defect 4: zero, false and "" are told apart, and sent where presence is explicit', () => {
    expect(sent('kernels.ApiSaveKernelRequest', { enableGpu: false, categoryIds: [], isPrivate: false })).toEqual({
      enableGpu: false,
      isPrivate: false,
    });
    expect(() => sent('kernels.ApiSaveKernelRequest', { enableGpu: 0 })).toThrow('enableGpu: expected a boolean');
    expect(() => sent('kernels.ApiSaveKernelRequest', { id: false })).toThrow('id: expected a 64-bit integer');
  });

  it('defect 5: maps have keys of any length', () => {
    const answers = { a: '1', ab: '2', 'a longer key': '', __proto__x: '3' };
    expect(sent('agents.ApiCompleteAgentExamSubmissionRequest', { answers })).toEqual({ answers });
    const hostile = readJson('{"columnMapping":{"__proto__":"x","id":"y"}}') as Fields;
    const read = decode('competitions.ApiCompetitionSolutionStatus', hostile).columnMapping as Fields;
    expect(Object.entries(read)).toEqual([
      ['__proto__', 'x'],
      ['id', 'y'],
    ]);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  it('defect 6: the default list of one value is not that of another', () => {
    const first = decode('kernels.ApiListKernelsResponse', {}).kernels as unknown[];
    first.push('x');
    expect(decode('kernels.ApiListKernelsResponse', {}).kernels).toEqual([]);
  });

  it('defect 7: whole numbers for numbers, Date for times, strings for enums', () => {
    expect(sent('agents.AgentExamSubmissionSummary', { percentage: 1, status: 'timedOut' })).toEqual({
      percentage: 1,
      status: 'AGENT_EXAM_SUBMISSION_STATUS_TIMED_OUT',
    });
    expect(sent('benchmarks.ApiBenchmarkTask', { createTime: new Date('2024-01-02') })).toEqual({
      createTime: '2024-01-02T00:00:00.000Z',
    });
  });

  it('defect 8: an empty enum name is no name', () => {
    const read = (status: unknown): unknown => decode('kernels.ApiGetKernelSessionStatusResponse', { status }).status;
    expect([read(''), read(null), read([])]).toEqual(['QUEUED', 'QUEUED', 'QUEUED']);
    expect([read('___'), read('__doc__'), read('constructor')]).toEqual(['___', '__doc__', 'constructor']);
  });

  it('defect 9: a shortened enum name is read as the name that it shortens', () => {
    const sortBy = (wire: string): unknown =>
      decode('datasets.ApiListDatasetsRequest', { sortBy: wire, group: 'MY_PUBLIC' });
    expect(sortBy('NOTEBOOK_COUNT')).toMatchObject({
      sortBy: 'DATASET_SORT_BY_NOTEBOOK_COUNT',
      group: 'DATASET_SELECTION_GROUP_MY_PUBLIC',
    });
    expect(sortBy('download_count')).toMatchObject({ sortBy: 'DATASET_SORT_BY_DOWNLOAD_COUNT' });
  });

  it('defect 10: unknown enum names, numbers and null leave the rest of the answer readable', () => {
    const read = decode('kernels.ApiGetKernelSessionStatusResponse', { status: 'PAUSED', failureMessage: 'x' });
    expect(read).toEqual({ status: 'PAUSED', failureMessage: 'x' });
    expect(decode('kernels.ApiGetKernelSessionStatusResponse', { status: 7 })).toEqual({ status: '7' });
    expect(decode('kernels.ApiListKernelsResponse', { kernels: null })).toEqual({ kernels: [], nextPageToken: '' });
    expect(decode('kernels.ApiListKernelsResponse', { kernels: [null, 5, { ref: 'a/b' }] }).kernels).toMatchObject([
      {},
      { ref: 'a/b' },
    ]);
    expect(decode('competitions.ApiCompetitionSolutionStatus', { columnMapping: null }).columnMapping).toEqual({});
  });

  it('defect 11: offsets count with any number of digits, none to nine', () => {
    expect(created('2024-01-02T12:00:00.123+02:00')).toBe('2024-01-02T10:00:00.123Z');
    expect(created('2024-01-02T12:00:00+02:00')).toBe('2024-01-02T10:00:00.000Z');
    for (let digits = 0; digits <= 9; digits++) {
      const fraction = digits === 0 ? '' : `.${'123456789'.slice(0, digits)}`;
      const milliseconds = '123456789'.slice(0, Math.min(digits, 3)).padEnd(3, '0');
      expect(created(`2024-01-02T12:00:00${fraction}Z`)).toBe(`2024-01-02T12:00:00.${milliseconds}Z`);
    }
    expect([created('garbage'), created(''), created('2024-13-45T00:00:00Z')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('defect 12: the sign of a duration counts for its fraction, of any number of digits', () => {
    expect([expiry('-0.5s'), expiry('-1.5s'), expiry('1.1234567890s')]).toEqual([-0.5, -1.5, 1.123456]);
    expect(sentExpiry(-0.5)).toEqual({ expiry: '-0.500s' });
    expect([expiry('1e3s'), expiry('s'), expiry(''), expiry('01:02:03')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('defect 13: an integer in a string is an integer, and no value has another type than declared', () => {
    const summary = (wire: Fields): Fields => decode('agents.AgentExamSubmissionSummary', wire);
    expect(summary({ score: '123' }).score).toBe(123);
    expect(summary({ score: '9007199254740993' }).score).toBe('9007199254740993');
    expect(summary({ percentage: '0.5', passed: 'False' })).toMatchObject({ percentage: 0.5, passed: false });
    expect(summary({ score: {}, percentage: 'much', passed: [] })).toEqual(summary({}));
    expect(summary({ submissionId: 5 }).submissionId).toBe('5');
    expect(summary({ submissionId: { a: 1 } }).submissionId).toBe('');
    expect(() => sent('agents.AgentExamSubmissionSummary', { score: true })).toThrow(ValidationError);
  });

  it('defect 14: error answers of any form are errors with a text', async () => {
    const answers: Array<[BodyInit, number]> = [
      ['{"code":"404","message":"no such thing"}', 404],
      ['{"code":404}', 404],
      ['{"code":500}', 200],
      ['<html>busy</html>', 200],
      ['<html>busy</html>', 502],
    ];
    for (const [body, status] of answers) {
      const client = createClient({
        token: 'KGAT_test',
        retry: false,
        fetch: async () => new Response(body, { status }),
      });
      const error = await client.call('kernels.KernelsApiService', 'GetKernel', {}).catch((reason: unknown) => reason);
      expect(isKaggleError(error)).toBe(true);
      expect((error as ApiError).message.length).toBeGreaterThan(10);
    }
  });
});
