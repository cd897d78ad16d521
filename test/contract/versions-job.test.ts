import { describe, expect, test } from 'vitest';
import { ApiError, ConnectionError, PermissionError, RateLimitError } from '../../src/core/errors.ts';
import { type Failure, failureOf } from '../../src/services/versions/failure.ts';
import { advanceJob, type Job, type JobAction, type JobEvent, startJob } from '../../src/services/versions/job.ts';
import type { Snapshot } from '../../src/services/versions/versioned.ts';

const nonce = 'aaaaaaaa';
const earlier = 'bbbbbbbb';
const ours = `notes (kaggle-ts ${nonce})`;
const left = (call: 'create' | 'version', before: number) => ({
  pending: { call, before, nonce: earlier, content: '' },
});

/** A look at versions 1, 2, ... by their notes. */
function shown(...notes: string[]): Snapshot {
  const versions = notes.map((text, index) => ({ number: index + 1, notes: text, status: undefined }));
  return { title: 'title', latest: versions.length, versions };
}

const seen = (...notes: string[]): JobEvent => ({
  type: 'lookedUp',
  found: notes.length ? shown(...notes) : undefined,
  isNew: false,
});
const nothing = seen();
const hidden: JobEvent = { type: 'lookedUp', found: undefined, isNew: true };
const unseen: JobEvent = { type: 'lookUpFailed' };
const processing: JobEvent = { type: 'checked', processing: true };
const free: JobEvent = { type: 'checked', processing: false };
const waited = (...notes: string[]): JobEvent => ({
  type: 'waited',
  found: notes.length ? shown(...notes) : undefined,
});
const owner = (isOurs: boolean): JobEvent => ({ type: 'owner', isOurs });
const same: JobEvent = { type: 'compared', differs: undefined };
const other: JobEvent = { type: 'compared', differs: 'its title is "x"' };
const uploaded: JobEvent = { type: 'uploaded' };
const answered: JobEvent = { type: 'answered' };
const failed = (kind: Failure['kind'], retryAfterMs?: number): JobEvent => ({
  type: 'failed',
  failure: { error: kind, kind, retryAfterMs },
});
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** One line for an action: `look after 1`, `version before 1 (kaggle-ts aaaaaaaa)`, `done 2`, `fail: lost`. */
function show(action: JobAction): string {
  const pause = 'pause' in action && action.pause ? ` after ${action.pause.retryAfterMs ?? action.pause.attempt}` : '';
  const forget = 'forget' in action && action.forget ? `, forgets ${action.forget}` : '';
  switch (action.type) {
    case 'lookUp':
      return `look${action.optional ? ' if it can' : ''}${pause}${forget}`;
    case 'call':
      return `${action.call} ${action.mark.before} ${action.mark.nonce ?? 'unmarked'}${pause}`;
    case 'done':
      return `done ${action.number}${action.created ? ' created' : ''}`;
    case 'wrongVerb':
      return `wrongVerb: ${action.why}`;
    case 'unclear':
      return `unclear${action.differs ? `: ${action.differs}` : ''}`;
    case 'fail':
      return `fail ${action.call}: ${action.error}${forget}`;
    default:
      return action.type + forget;
  }
}

const job: Job = { verb: 'createOrVersion', notes: 'notes', nonce, pending: undefined };

function run(change: Partial<Job>, events: readonly JobEvent[]): string[] {
  let step = startJob({ ...job, ...change });
  const actions = [show(step.action)];
  for (const event of events) {
    step = advanceJob(step.state, event);
    actions.push(show(step.action));
  }
  return actions;
}

type Row = [name: string, change: Partial<Job>, events: JobEvent[], actions: string[]];
const table = (rows: Row[]) =>
  test.each<Row>(rows)('%s', (_name, change, events, actions) => {
    expect(run(change, events)).toEqual(actions);
  });

const looks = ['look after 1', 'look after 2', 'look after 3', 'look after 4'];
const optional = [
  'look if it can after 1',
  'look if it can after 2',
  'look if it can after 3',
  'look if it can after 4',
];
const create = `create 0 ${nonce}`;
const version = `version 1 ${nonce}`;

describe('before anything is sent', () => {
  table([
    ['there is none: a new one', {}, [nothing, uploaded], ['look', 'upload', create]],
    ['there is one: a version', {}, [seen('x'), free, uploaded], ['look', 'checkFirst', 'upload', version]],
    [
      'the number of the last version is taken along',
      {},
      [seen('x', 'y'), free, uploaded],
      ['look', 'checkFirst', 'upload', `version 2 ${nonce}`],
    ],
    ['no mark is wanted', { nonce: undefined }, [nothing, uploaded], ['look', 'upload', 'create 0 unmarked']],
    [
      'the first version is in work: it is waited for, and looked up again',
      {},
      [seen('x'), processing, waited('x', 'y'), uploaded],
      ['look', 'checkFirst', 'awaitFirst', 'upload', `version 2 ${nonce}`],
    ],
    [
      'this client has just made it, and nothing shows: it is waited for',
      {},
      [hidden, waited('x'), uploaded],
      ['look', 'awaitFirst', 'upload', version],
    ],
    [
      'and nothing shows after the wait: the call tells',
      {},
      [hidden, waited(), uploaded],
      ['look', 'awaitFirst', 'upload', create],
    ],
    ['create of what exists', { verb: 'create' }, [seen('x')], ['look', 'wrongVerb: exists']],
    ['create of what this client has just made', { verb: 'create' }, [hidden], ['look', 'wrongVerb: exists']],
    ['create of what is not there', { verb: 'create' }, [nothing], ['look', 'upload']],
    [
      'createVersion of what others own and do not show',
      { verb: 'createVersion' },
      [nothing, owner(false)],
      ['look', 'checkOwner', 'wrongVerb: missing'],
    ],
    [
      'createVersion of what its owner does not see yet',
      { verb: 'createVersion' },
      [nothing, owner(true), nothing, seen('x')],
      ['look', 'checkOwner', 'look', 'look after 1', 'upload'],
    ],
    [
      'createVersion of what its owner never sees',
      { verb: 'createVersion' },
      [nothing, owner(true), ...times(5, nothing)],
      ['look', 'checkOwner', 'look', ...looks, 'wrongVerb: missing'],
    ],
    [
      'createVersion of what does not show after the wait',
      { verb: 'createVersion' },
      [hidden, waited()],
      ['look', 'awaitFirst', 'wrongVerb: missing'],
    ],
  ]);
});

describe('the call for a new one', () => {
  const rows = (entries: [string, JobEvent[], string[]][], verb: Job['verb'] = 'createOrVersion') =>
    table(
      entries.map(([name, events, actions]) => [
        name,
        { verb },
        [nothing, uploaded, ...events],
        ['look', 'upload', create, ...actions],
      ]),
    );
  rows([
    ['is answered', [answered], ['done 1 created']],
    ['is refused, although it has worked', [failed('succeeded')], ['done 1 created']],
    ['is refused', [failed('refused')], ['fail create: refused, forgets tokens']],
    ['is denied', [failed('denied')], ['fail create: denied, forgets tokens']],
    ['fails before the server: what is noted stays', [failed('other')], ['fail create: other']],
    ['loses its answer, and shows', [failed('lost'), nothing, seen('x')], ['look', 'look after 1', 'done 1 created']],
    [
      'loses its answer, and does not show: it is made again',
      [failed('lost'), ...times(5, nothing), answered],
      ['look', ...looks, `${create} after 1`, 'done 1 created'],
    ],
    [
      'is taken after a lost answer, and shows by then: it was this call',
      [failed('lost'), ...times(5, nothing), failed('taken'), seen('x')],
      ['look', ...looks, `${create} after 1`, 'look', 'done 1 created'],
    ],
    [
      'is refused after a lost answer, and does not show: nothing is forgotten',
      [failed('lost'), ...times(5, nothing), failed('refused'), ...times(5, nothing)],
      ['look', ...looks, `${create} after 1`, 'look', ...looks, 'fail create: refused'],
    ],
    [
      'is taken after a lost answer, and does not show: no version instead',
      [failed('lost'), ...times(5, nothing), failed('taken'), ...times(5, nothing)],
      ['look', ...looks, `${create} after 1`, 'look', ...looks, 'fail create: taken'],
    ],
    [
      'loses every answer: four calls',
      times(4, [failed('lost'), ...times(5, nothing)]).flat(),
      [
        ...[1, 2, 3].flatMap((attempt) => ['look', ...looks, `${create} after ${attempt}`]),
        'look',
        ...looks,
        'fail create: lost',
      ],
    ],
    [
      'comes too often: again after the pause that was asked for',
      [failed('rateLimited', 9000), failed('rateLimited'), answered],
      [`${create} after 9000`, `${create} after 2`, 'done 1 created'],
    ],
    [
      'comes too often for good: the tokens are still good',
      times(4, failed('rateLimited')),
      [`${create} after 1`, `${create} after 2`, `${create} after 3`, 'fail create: rateLimited, forgets note'],
    ],
    [
      'comes too often after a lost answer: what is noted stays',
      [failed('lost'), ...times(5, nothing), ...times(3, failed('rateLimited'))],
      ['look', ...looks, `${create} after 1`, `${create} after 2`, `${create} after 3`, 'fail create: rateLimited'],
    ],
  ]);
  rows([['is taken, and a new one was wanted', [failed('taken')], ['fail create: taken, forgets tokens']]], 'create');
});

describe('a name that was taken by another process: a version instead', () => {
  const events = [nothing, uploaded, failed('taken')];
  const actions = ['look', 'upload', create, 'look, forgets tokens'];
  const rows = (entries: [string, JobEvent[], string[]][]) =>
    table(entries.map(([name, more, then]) => [name, {}, [...events, ...more], [...actions, ...then]]));
  rows([
    [
      'of what shows at a later look',
      [nothing, seen('x'), free, answered, seen('x', ours)],
      ['look after 1', 'checkFirst', version, 'look if it can', 'done 2'],
    ],
    [
      'when its first version has been processed',
      [seen('x'), processing, waited('x'), answered, seen('x', ours)],
      ['checkFirst', 'awaitFirst', version, 'look if it can', 'done 2'],
    ],
    ['which never shows', times(5, nothing), [...looks, 'fail create: taken']],
    [
      'which does not show after the wait',
      [seen('x'), processing, waited()],
      ['checkFirst', 'awaitFirst', 'fail create: taken'],
    ],
    [
      'and the tokens are used, by us: what is there is what was to be created',
      [seen('x'), free, failed('taken'), ...times(5, seen('x')), same],
      ['checkFirst', version, 'look', ...looks, 'compareFirst, forgets tokens', 'done 1 created'],
    ],
    [
      'and the tokens are used, by another',
      [seen('x'), free, failed('taken'), ...times(4, seen('x')), nothing, other],
      ['checkFirst', version, 'look', ...looks, 'compareFirst, forgets tokens', 'fail version: taken'],
    ],
    [
      'and it is refused',
      [seen('x'), free, failed('refused')],
      ['checkFirst', version, 'fail version: refused, forgets tokens'],
    ],
  ]);
});

describe('the call for a version', () => {
  const rows = (entries: [string, JobEvent[], string[]][], change: Partial<Job> = {}, mark = nonce) =>
    table(
      entries.map(([name, events, actions]) => [
        name,
        change,
        [seen('x'), free, uploaded, ...events],
        ['look', 'checkFirst', 'upload', `version 1 ${mark}`, ...actions],
      ]),
    );
  rows([
    ['is answered: a look tells the number', [answered, seen('x', ours)], ['look if it can', 'done 2']],
    [
      'is answered, and shows late, behind that of another',
      [answered, seen('x', 'y'), seen('x', 'y', ours)],
      ['look if it can', 'look if it can after 1', 'done 3'],
    ],
    [
      'is answered, and does not show',
      [answered, ...times(5, seen('x'))],
      ['look if it can', ...optional, 'done undefined'],
    ],
    ['is answered, and the look fails', [answered, unseen], ['look if it can', 'done undefined']],
    ['is answered, and no notes tell whose', [answered, seen('x', '')], ['look if it can', 'done undefined']],
    ['is refused, although it has worked', [failed('succeeded'), seen('x', ours)], ['look if it can', 'done 2']],
    ['is refused', [failed('refused')], ['fail version: refused, forgets tokens']],
    ['fails before the server: what is noted stays', [failed('other')], ['fail version: other']],
    ['loses its answer, and shows', [failed('lost'), seen('x'), seen('x', ours)], ['look', 'look after 1', 'done 2']],
    [
      'loses its answer, and there is one of which nothing says whose: no second call',
      [failed('lost'), seen('x', '')],
      ['look', 'done undefined'],
    ],
    [
      'loses its answer, and only that of another shows: it is made again',
      [failed('lost'), ...times(5, seen('x', 'y')), answered, seen('x', 'y', ours)],
      ['look', ...looks, `${version} after 1`, 'look if it can', 'done 3'],
    ],
    [
      'is denied after a lost answer, and does not show: no wait, nothing is forgotten',
      [failed('lost'), ...times(5, seen('x')), failed('denied'), ...times(5, seen('x'))],
      ['look', ...looks, `${version} after 1`, 'look', ...looks, 'fail version: denied'],
    ],
    [
      'is taken, and shows: the request was sent twice by the runtime',
      [failed('taken'), seen('x', ours)],
      ['look', 'done 2'],
    ],
    [
      'is taken, and does not show: the tokens are used',
      [failed('taken'), ...times(5, seen('x'))],
      ['look', ...looks, 'fail version: taken, forgets tokens'],
    ],
    [
      'is denied while the first is in work: again after the wait',
      [failed('denied'), seen('x'), processing, waited('x'), answered, seen('x', ours)],
      ['look', 'checkFirst', 'awaitFirst', version, 'look if it can', 'done 2'],
    ],
    [
      'is denied, and nothing shows of what this client has made: again after the wait',
      [failed('denied'), hidden, waited(), answered],
      ['look', 'awaitFirst', version, 'look if it can'],
    ],
    [
      'is denied again after the wait',
      [failed('denied'), seen('x'), processing, waited('x'), failed('denied')],
      ['look', 'checkFirst', 'awaitFirst', version, 'fail version: denied, forgets tokens'],
    ],
    [
      'is denied while no first is in work',
      [failed('denied'), seen('x'), free],
      ['look', 'checkFirst', 'fail version: denied, forgets tokens'],
    ],
    [
      'is denied, and nothing is there any more',
      [failed('denied'), nothing],
      ['look', 'fail version: denied, forgets tokens'],
    ],
  ]);
  rows(
    [
      [
        'has no mark: the only new one with its notes is ours',
        [answered, seen('x', 'notes')],
        ['look if it can', 'done 2'],
      ],
    ],
    { nonce: undefined },
    'unmarked',
  );
  table([
    [
      'is denied where there are more: no first version can be in work',
      {},
      [seen('x', 'y'), free, uploaded, failed('denied')],
      ['look', 'checkFirst', 'upload', `version 2 ${nonce}`, 'fail version: denied, forgets tokens'],
    ],
  ]);
});

describe('a call that an earlier process noted before it ended', () => {
  const theirs = `notes (kaggle-ts ${earlier})`;
  table([
    ['a version, after the server made it', left('version', 1), [seen('x', theirs)], ['look', 'done 2']],
    [
      'a version, which shows late',
      left('version', 1),
      [seen('x'), seen('x', 'y'), seen('x', 'y', theirs)],
      ['look', 'look after 1', 'look after 2', 'done 3'],
    ],
    [
      'a version, before the server made it: it is made, with the same mark',
      left('version', 1),
      [...times(5, seen('x')), seen('x'), free, uploaded],
      ['look', ...looks, 'look', 'checkFirst', 'upload', `version 1 ${earlier}`],
    ],
    [
      'a version, and there is only that of another',
      left('version', 1),
      times(5, seen('x', 'y')),
      ['look', ...looks, 'unclear'],
    ],
    [
      'a version, and what is there is gone: a new one, with a mark of its own',
      left('version', 1),
      [...times(5, nothing), nothing, uploaded],
      ['look', ...looks, 'look', 'upload', create],
    ],
    [
      'a new one, after the server made it',
      left('create', 0),
      [nothing, seen('x'), same],
      ['look', 'look after 1', 'compareFirst', 'done 1 created'],
    ],
    [
      'a new one, before the server made it',
      left('create', 0),
      [...times(5, nothing), nothing, uploaded],
      ['look', ...looks, 'look', 'upload', `create 0 ${earlier}`],
    ],
    [
      'a new one, and there is another of that name',
      left('create', 0),
      times(5, [seen('x'), other]).flat(),
      ['look', 'compareFirst', ...looks.flatMap((look) => [look, 'compareFirst']), 'unclear: its title is "x"'],
    ],
  ]);
});

describe('what a failure kind', () => {
  const error = (status: number) => new ApiError('x', { status, method: 'a/B' });
  test.each<[string, unknown, 'succeeded' | 'taken' | undefined, Failure['kind']]>([
    ['no answer', new ConnectionError('x'), undefined, 'lost'],
    ['an error of the server', error(503), undefined, 'lost'],
    ['an error of the server that speaks of a name', error(500), 'taken', 'lost'],
    ['a name or a token in use', error(200), 'taken', 'taken'],
    ['a refusal of what was made', error(200), 'succeeded', 'succeeded'],
    ['no permission', new PermissionError('x', { status: 403, method: 'a/B' }), undefined, 'denied'],
    ['any other refusal', error(400), undefined, 'refused'],
    ['what never left', new TypeError('x'), undefined, 'other'],
  ])('%s', (_name, thrown, said, kind) => {
    expect(failureOf(thrown, said)).toEqual({ error: thrown, kind });
  });

  test('too many requests, with the pause that was asked for', () => {
    const limited = new RateLimitError('x', { status: 429, method: 'a/B', retryAfterMs: 9000 });
    expect(failureOf(limited, undefined)).toEqual({ error: limited, kind: 'rateLimited', retryAfterMs: 9000 });
  });
});
