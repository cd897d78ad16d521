import { describe, expect, test } from 'vitest';
import {
  ApiError,
  AuthenticationError,
  ConnectionError,
  IntegrityError,
  KaggleError,
  KernelFailedError,
  MissingCapabilityError,
  PermissionError,
  RateLimitError,
  TimeoutError,
  TransferError,
  ValidationError,
} from '../../src/core/errors.ts';
import { afterFailure, type FailureAction } from '../../src/services/jobs/failure.ts';
import { ChangedFileError } from '../../src/services/jobs/sources.ts';
import { QuotaError } from '../../src/services/kernels/index.ts';

const friday = Date.UTC(2026, 10, 27, 18);
const follows = (error: unknown, failures = 1, seconds = 0) => afterFailure({ error, failures, seconds, now: friday });
const api = { status: 503, method: 'a/B' };

describe('what follows a failure', () => {
  test.each<[string, unknown, FailureAction]>([
    ['a busy server', new ApiError('busy', api), { type: 'retry', pause: 5 }],
    ['a lost connection', new ConnectionError('lost'), { type: 'retry', pause: 5 }],
    ['a timeout', new TimeoutError('late'), { type: 'retry', pause: 5 }],
    ['a damaged file', new IntegrityError('other bytes'), { type: 'retry', pause: 5 }],
    ['an error of the caller source', new TypeError('not a function'), { type: 'retry', pause: 5 }],
    [
      'a rate limit',
      new RateLimitError('slow', { ...api, status: 429, retryAfterMs: 90_000 }),
      { type: 'retry', pause: 90 },
    ],
    ['no credential', new AuthenticationError('no', { ...api, status: 401 }), { type: 'throw' }],
    ['a missing source', new ValidationError('pass source', [{ path: 'io.source', message: 'x' }]), { type: 'throw' }],
    ['a missing secret', new ValidationError('pass it', [{ path: 'options.secret', message: 'x' }]), { type: 'throw' }],
    ['no file system', new MissingCapabilityError('no files'), { type: 'throw' }],
    ['an invalid plan', new ValidationError('wrong', [{ path: 'slug', message: 'x' }]), { type: 'fail' }],
    ['a refusal', new PermissionError('no', { ...api, status: 403 }), { type: 'fail' }],
    ['a kernel that failed', new KernelFailedError('it failed', { status: 'ERROR' }), { type: 'fail' }],
    ['a changed file', new ChangedFileError('it changed'), { type: 'fail' }],
    ['a dataset that failed', new KaggleError('FAILED'), { type: 'fail' }],
  ])('%s', (_name, error, action) => expect(follows(error)).toEqual(action));

  test('pauses grow to ten minutes, and the job fails after a day of a busy server, or eight failures of a transfer', () => {
    const busy = new ApiError('busy', api);
    expect([2, 3, 7, 8, 50].map((failures) => follows(busy, failures))).toEqual(
      [10, 20, 320, 600, 600].map((pause) => ({ type: 'retry', pause })),
    );
    expect(follows(busy, 200, 24 * 3600)).toEqual({ type: 'retry', pause: 600 });
    expect(follows(busy, 200, 24 * 3600 + 1)).toEqual({ type: 'fail' });
    expect(follows(new TransferError('no file'), 7)).toEqual({ type: 'retry', pause: 320 });
    expect(follows(new TransferError('no file'), 8)).toEqual({ type: 'fail' });
  });

  test('a used-up quota waits for its renewal: as Kaggle says, else on Saturday', () => {
    const quota = (refilled?: Date) => new QuotaError('used up', { ...api, status: 400, accelerator: 'GPU', refilled });
    expect(follows(quota())).toEqual({ type: 'wait', pause: 6 * 3600 });
    expect(follows(quota(new Date(friday + 1000_500)))).toEqual({ type: 'wait', pause: 1001 });
    expect(follows(quota(new Date(friday - 5000)))).toEqual({ type: 'wait', pause: 60 });
  });
});
