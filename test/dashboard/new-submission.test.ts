import { describe, expect, test, vi } from 'vitest';
import { type Draft, emptyDraft, type StoredDraft } from '../../examples/dashboard/src/pages/new/draft.ts';
import { type Outcome, outcomeOf } from '../../examples/dashboard/src/pages/new/refusals.ts';
import { draftStore } from '../../examples/dashboard/src/pages/new/store.ts';
import { createSubmission, type SubmissionEffects } from '../../examples/dashboard/src/pages/new/submission.ts';
import { ApiError, ConnectionError, TimeoutError, ValidationError } from '../../src/index.ts';
import { CapacityError, PartialPushError, QuotaError } from '../../src/services/kernels/index.ts';

const draft: Draft = { ...emptyDraft, title: 'A test run', code: 'print(1)' };
const run = { id: 'kj1', ref: 'alice/a-test-run', versionNumber: 1 };
const refused = (outcome: Outcome) => async () => outcome;

/** A submission of a page; `stored` is what an earlier page left. */
function page(changes: Partial<SubmissionEffects> = {}, stored?: StoredDraft) {
  let kept = stored;
  let keys = 0;
  const start = vi.fn<SubmissionEffects['start']>(async () => run);
  const onStarted = vi.fn();
  const form = createSubmission({
    store: {
      load: () => kept,
      save(value) {
        kept = value && structuredClone(value);
        return true;
      },
    },
    newKey: () => `key-${++keys}`,
    check: async () => ({}),
    datasets: async () => [],
    start,
    outcomeOf: refused({ type: 'refused', errors: { form: 'no' } }),
    retryTime: async () => undefined,
    onStarted,
    ...changes,
  });
  return { form, start, onStarted, kept: () => kept };
}

describe('a submission', () => {
  test('starts once, however often it is asked, and forgets the draft', async () => {
    const { form, start, onStarted, kept } = page({}, { draft });
    await Promise.all([form.submit(), form.submit(), form.submit()]);
    expect(start).toHaveBeenCalledTimes(1);
    expect(start.mock.calls[0]![0]).toEqual({ key: 'key-1', draft });
    expect(onStarted).toHaveBeenCalledWith(run, draft);
    expect(form.draft.value).toEqual(emptyDraft);
    expect(kept()).toBeUndefined();
  });

  test('starts nothing that is invalid', async () => {
    const { form, start, kept } = page({ check: async () => ({ title: 'too short' }) }, { draft });
    await form.submit();
    expect(start).not.toHaveBeenCalled();
    expect(form.errors.value).toEqual({ title: 'too short' });
    expect(form.phase.value.name).toBe('editing');
    expect(kept()).toEqual({ draft });
  });

  test('that a reload interrupts is continued with the same key and what was sent', async () => {
    const first = page({ start: () => new Promise(() => {}) }, { draft });
    first.form.submit();
    await expect.poll(() => first.form.phase.value.name).toBe('starting');
    const left = first.kept()!;
    expect(left.pending).toEqual({ key: 'key-1', draft });
    const second = page({}, left);
    await second.form.resume();
    expect(second.start.mock.calls[0]![0]).toEqual({ key: 'key-1', draft });
    expect(second.kept()).toBeUndefined();
  });

  test('whose result is unknown repeats with the same key', async () => {
    const start = vi.fn<SubmissionEffects['start']>(async () => run);
    start.mockRejectedValueOnce(new Error('lost')).mockRejectedValueOnce(new Error('lost'));
    const phases: string[] = [];
    const { form } = page(
      {
        start,
        outcomeOf: async (error) => ({ type: 'unknown', error }),
        retryTime: async () => void phases.push(form.phase.value.name),
      },
      { draft },
    );
    await form.submit();
    expect(phases).toEqual(['unknown', 'unknown']);
    expect(start.mock.calls.map(([{ key }]) => key)).toEqual(['key-1', 'key-1', 'key-1']);
  });

  test('that was refused uses another key after a change', async () => {
    const { form, start, kept } = page({}, { draft });
    start.mockRejectedValueOnce(new Error('refused'));
    await form.submit();
    expect(form.errors.value).toEqual({ form: 'no' });
    expect(kept()).toEqual({ draft });
    form.change({ title: 'Another run' });
    await form.submit();
    expect(start.mock.calls.map(([{ key }]) => key)).toEqual(['key-1', 'key-2']);
  });

  test('waits for the uploads, and can be stopped', async () => {
    const datasets = (_: Draft, signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const { form, start, kept } = page({ datasets }, { draft });
    const done = form.submit();
    await expect.poll(() => form.phase.value.name).toBe('uploading');
    form.stop();
    await done;
    expect(start).not.toHaveBeenCalled();
    expect(form.phase.value.name).toBe('editing');
    expect(kept()).toEqual({ draft });
  });

  test('brings back the draft that another one replaced, also after a reload, and after its run', async () => {
    const first = page({}, { draft });
    first.form.replace({ ...draft, title: 'An earlier run' });
    const second = page({}, first.kept());
    expect(second.form.before.value).toEqual(draft);
    second.form.restore();
    expect([second.form.draft.value, second.form.before.value]).toEqual([draft, undefined]);
    const third = page({}, first.kept());
    await third.form.submit();
    expect(third.kept()).toEqual({ draft: emptyDraft, before: draft });
    third.form.forget();
    expect(third.kept()).toEqual({ draft: emptyDraft });
  });

  test('says when the draft cannot be kept', () => {
    const full = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const store = draftStore(() => [{ getItem: () => null, setItem: full } as unknown as Storage]);
    const { form } = page({ store });
    form.change({ title: 'x' });
    expect(form.saved.value).toBe(false);
    expect(form.draft.value.title).toBe('x');
    const blocked = draftStore(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    expect([blocked.load(), blocked.save({ draft })]).toEqual([undefined, false]);
  });
});

describe('an error of a start', () => {
  const method = 'kernels.KernelsApiService/SaveKernel';
  const api = (message: string, status = 200) => new ApiError(`${method}: ${message}`, { status, method });
  const kernel = { ref: 'alice/a', url: '', versionNumber: 3, kernelId: 1, invalidTags: [] };

  test.each<[string, unknown, string]>([
    ['a lost connection', new ConnectionError('no response'), 'unknown'],
    ['a timeout', new TimeoutError('timed out'), 'unknown'],
    ['a server error', api('no', 503), 'unknown'],
    ['too many requests', api('no', 429), 'unknown'],
    ['a refused connection', new ConnectionError('CORS', { permanent: true }), 'refused'],
    ['a refusal', api('no', 400), 'refused'],
  ])('%s', (_what, error, type) => {
    expect(outcomeOf(error).type).toBe(type);
  });

  test.each<[unknown, string]>([
    [api('The requested title "a" is already in use by a notebook.'), 'title'],
    [api('no', 409), 'title'],
    [api('You cannot change the editor type'), 'kind'],
    [api("Permission 'kernelSessions.enableInternet' was denied", 403), 'internet'],
    [api('HTTP 400 (the source is 1.80 MB, and Kaggle refuses more than about 1.2 MB)', 400), 'code'],
    [new QuotaError('used up', { status: 200, method, accelerator: 'GPU' }), 'machine'],
    [new ValidationError('x', [{ path: 'modelDataSources[0]', message: 'expected a model' }]), 'modelDataSources'],
    [api('something else', 400), 'form'],
  ])('is shown beside the field: %s', (error, field) => {
    const outcome = outcomeOf(error);
    expect(outcome.type === 'refused' && Object.keys(outcome.errors)).toEqual([field]);
    expect(JSON.stringify(outcome)).not.toContain(method);
  });

  test('offers to wait for a session', () => {
    const error = new CapacityError('full', { status: 200, method, accelerator: 'GPU', limit: 2 });
    expect(outcomeOf(error)).toMatchObject({ type: 'refused', slots: true });
  });

  test('names the sources that a run started without', () => {
    const invalidSources = ['dataset alice/x', 'dataset bob/y', 'model a/b/c/d'];
    expect(outcomeOf(new PartialPushError('partial', { ...kernel, invalidSources }))).toEqual({
      type: 'partial',
      run: { ...kernel, invalidSources },
      errors: {
        datasetDataSources:
          'Kaggle does not know alice/x, or this account cannot use it; Kaggle does not know bob/y, or this account cannot use it',
        modelDataSources: 'Kaggle does not know a/b/c/d, or this account cannot use it',
      },
    });
  });
});
