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

/** A look-up of versions 1, 2, ... by their notes. */
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
      return `look${action.optional ? ', optional' : ''}${pause}${forget}`;
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
  'look, optional after 1',
  'look, optional after 2',
  'look, optional after 3',
  'look, optional after 4',
];
const create = `create 0 ${nonce}`;
const version = `version 1 ${nonce}`;

describe('before anything is sent', () => {
  table([
    ['nothing exists: create it', {}, [nothing, uploaded], ['look', 'upload', create]],
    ['it exists: create a version', {}, [seen('x'), free, uploaded], ['look', 'checkFirst', 'upload', version]],
    [
      'the latest version number is part of the call',
      {},
      [seen('x', 'y'), free, uploaded],
      ['look', 'checkFirst', 'upload', `version 2 ${nonce}`],
    ],
    ['without a marker', { nonce: undefined }, [nothing, uploaded], ['look', 'upload', 'create 0 unmarked']],
    [
      'the first version is being processed: wait, and look up again',
      {},
      [seen('x'), processing, waited('x', 'y'), uploaded],
      ['look', 'checkFirst', 'awaitFirst', 'upload', `version 2 ${nonce}`],
    ],
    [
      'this client just created it, and it is not visible: wait',
      {},
      [hidden, waited('x'), uploaded],
      ['look', 'awaitFirst', 'upload', version],
    ],
    [
      'still not visible after the wait: create it',
      {},
      [hidden, waited(), uploaded],
      ['look', 'awaitFirst', 'upload', create],
    ],
    ['create, but it exists', { verb: 'create' }, [seen('x')], ['look', 'wrongVerb: exists']],
    ['create, but this client just created it', { verb: 'create' }, [hidden], ['look', 'wrongVerb: exists']],
    ['create, and it does not exist', { verb: 'create' }, [nothing], ['look', 'upload']],
    [
      'createVersion of something that others own and hide',
      { verb: 'createVersion' },
      [nothing, owner(false)],
      ['look', 'checkOwner', 'wrongVerb: missing'],
    ],
    [
      'createVersion, and its owner does not see it yet',
      { verb: 'createVersion' },
      [nothing, owner(true), nothing, seen('x')],
      ['look', 'checkOwner', 'look', 'look after 1', 'upload'],
    ],
    [
      'createVersion, and its owner never sees it',
      { verb: 'createVersion' },
      [nothing, owner(true), ...times(5, nothing)],
      ['look', 'checkOwner', 'look', ...looks, 'wrongVerb: missing'],
    ],
    [
      'createVersion, and it is not visible after the wait',
      { verb: 'createVersion' },
      [hidden, waited()],
      ['look', 'awaitFirst', 'wrongVerb: missing'],
    ],
  ]);
});

describe('the call that creates it', () => {
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
    ['succeeds', [answered], ['done 1 created']],
    ['is refused although it succeeded', [failed('succeeded')], ['done 1 created']],
    ['is refused', [failed('refused')], ['fail create: refused, forgets tokens']],
    ['is denied', [failed('denied')], ['fail create: denied, forgets tokens']],
    ['fails before it reaches the server: the record stays', [failed('other')], ['fail create: other']],
    [
      'loses its response, and its result is visible',
      [failed('lost'), nothing, seen('x')],
      ['look', 'look after 1', 'done 1 created'],
    ],
    [
      'loses its response, and its result is not visible: retry',
      [failed('lost'), ...times(5, nothing), answered],
      ['look', ...looks, `${create} after 1`, 'done 1 created'],
    ],
    [
      'finds the name taken after a lost response, and the result is visible by then: it was this call',
      [failed('lost'), ...times(5, nothing), failed('taken'), seen('x')],
      ['look', ...looks, `${create} after 1`, 'look', 'done 1 created'],
    ],
    [
      'is refused after a lost response, and the result is not visible: all records stay',
      [failed('lost'), ...times(5, nothing), failed('refused'), ...times(5, nothing)],
      ['look', ...looks, `${create} after 1`, 'look', ...looks, 'fail create: refused'],
    ],
    [
      'finds the name taken after a lost response, and the result is not visible: no version instead',
      [failed('lost'), ...times(5, nothing), failed('taken'), ...times(5, nothing)],
      ['look', ...looks, `${create} after 1`, 'look', ...looks, 'fail create: taken'],
    ],
    [
      'loses every response: four calls',
      times(4, [failed('lost'), ...times(5, nothing)]).flat(),
      [
        ...[1, 2, 3].flatMap((attempt) => ['look', ...looks, `${create} after ${attempt}`]),
        'look',
        ...looks,
        'fail create: lost',
      ],
    ],
    [
      'is rate-limited: retry after the requested pause',
      [failed('rateLimited', 9000), failed('rateLimited'), answered],
      [`${create} after 9000`, `${create} after 2`, 'done 1 created'],
    ],
    [
      'stays rate-limited: the tokens stay valid',
      times(4, failed('rateLimited')),
      [`${create} after 1`, `${create} after 2`, `${create} after 3`, 'fail create: rateLimited, forgets note'],
    ],
    [
      'is rate-limited after a lost response: the record stays',
      [failed('lost'), ...times(5, nothing), ...times(3, failed('rateLimited'))],
      ['look', ...looks, `${create} after 1`, `${create} after 2`, `${create} after 3`, 'fail create: rateLimited'],
    ],
  ]);
  rows([['is taken, and a new one was wanted', [failed('taken')], ['fail create: taken, forgets tokens']]], 'create');
});

describe('another process took the name: create a version instead', () => {
  const events = [nothing, uploaded, failed('taken')];
  const actions = ['look', 'upload', create, 'look, forgets tokens'];
  const rows = (entries: [string, JobEvent[], string[]][]) =>
    table(entries.map(([name, more, then]) => [name, {}, [...events, ...more], [...actions, ...then]]));
  rows([
    [
      'after a later look-up finds it',
      [nothing, seen('x'), free, answered, seen('x', ours)],
      ['look after 1', 'checkFirst', version, 'look, optional', 'done 2'],
    ],
    [
      'after its first version was processed',
      [seen('x'), processing, waited('x'), answered, seen('x', ours)],
      ['checkFirst', 'awaitFirst', version, 'look, optional', 'done 2'],
    ],
    ['but it never becomes visible', times(5, nothing), [...looks, 'fail create: taken']],
    [
      'but it is not visible after the wait',
      [seen('x'), processing, waited()],
      ['checkFirst', 'awaitFirst', 'fail create: taken'],
    ],
    [
      'and the tokens were used by us: the existing one is ours',
      [seen('x'), free, failed('taken'), ...times(5, seen('x')), same],
      ['checkFirst', version, 'look', ...looks, 'compareFirst, forgets tokens', 'done 1 created'],
    ],
    [
      'and the tokens were used by another process',
      [seen('x'), free, failed('taken'), ...times(4, seen('x')), nothing, other],
      ['checkFirst', version, 'look', ...looks, 'compareFirst, forgets tokens', 'fail version: taken'],
    ],
    [
      'but it is refused',
      [seen('x'), free, failed('refused')],
      ['checkFirst', version, 'fail version: refused, forgets tokens'],
    ],
  ]);
});

describe('the call that creates a version', () => {
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
    ['succeeds: a look-up finds the number', [answered, seen('x', ours)], ['look, optional', 'done 2']],
    [
      'succeeds, and becomes visible late, after another version',
      [answered, seen('x', 'y'), seen('x', 'y', ours)],
      ['look, optional', 'look, optional after 1', 'done 3'],
    ],
    [
      'succeeds, and is not visible',
      [answered, ...times(5, seen('x'))],
      ['look, optional', ...optional, 'done undefined'],
    ],
    ['succeeds, and the look-up fails', [answered, unseen], ['look, optional', 'done undefined']],
    [
      'succeeds, and no notes tell whose version it is',
      [answered, seen('x', '')],
      ['look, optional', 'done undefined'],
    ],
    ['is refused although it succeeded', [failed('succeeded'), seen('x', ours)], ['look, optional', 'done 2']],
    ['is refused', [failed('refused')], ['fail version: refused, forgets tokens']],
    ['fails before it reaches the server: the record stays', [failed('other')], ['fail version: other']],
    [
      'loses its response, and its result is visible',
      [failed('lost'), seen('x'), seen('x', ours)],
      ['look', 'look after 1', 'done 2'],
    ],
    [
      'loses its response, and there is a version of unknown origin: no second call',
      [failed('lost'), seen('x', '')],
      ['look', 'done undefined'],
    ],
    [
      'loses its response, and only a version of another is visible: retry',
      [failed('lost'), ...times(5, seen('x', 'y')), answered, seen('x', 'y', ours)],
      ['look', ...looks, `${version} after 1`, 'look, optional', 'done 3'],
    ],
    [
      'is denied after a lost response, and the result is not visible: no wait, all records stay',
      [failed('lost'), ...times(5, seen('x')), failed('denied'), ...times(5, seen('x'))],
      ['look', ...looks, `${version} after 1`, 'look', ...looks, 'fail version: denied'],
    ],
    [
      'finds the tokens used, and the result is visible: the runtime sent the request twice',
      [failed('taken'), seen('x', ours)],
      ['look', 'done 2'],
    ],
    [
      'finds the tokens used, and the result is not visible',
      [failed('taken'), ...times(5, seen('x'))],
      ['look', ...looks, 'fail version: taken, forgets tokens'],
    ],
    [
      'is denied while the first version is being processed: retry after the wait',
      [failed('denied'), seen('x'), processing, waited('x'), answered, seen('x', ours)],
      ['look', 'checkFirst', 'awaitFirst', version, 'look, optional', 'done 2'],
    ],
    [
      'is denied, and what this client created is not visible: retry after the wait',
      [failed('denied'), hidden, waited(), answered],
      ['look', 'awaitFirst', version, 'look, optional'],
    ],
    [
      'is denied again after the wait',
      [failed('denied'), seen('x'), processing, waited('x'), failed('denied')],
      ['look', 'checkFirst', 'awaitFirst', version, 'fail version: denied, forgets tokens'],
    ],
    [
      'is denied while no first version is being processed',
      [failed('denied'), seen('x'), free],
      ['look', 'checkFirst', 'fail version: denied, forgets tokens'],
    ],
    [
      'is denied, and it no longer exists',
      [failed('denied'), nothing],
      ['look', 'fail version: denied, forgets tokens'],
    ],
  ]);
  rows(
    [
      [
        'has no marker: the only new version with its notes is ours',
        [answered, seen('x', 'notes')],
        ['look, optional', 'done 2'],
      ],
    ],
    { nonce: undefined },
    'unmarked',
  );
  table([
    [
      'is denied with several versions: no first version can be in process',
      {},
      [seen('x', 'y'), free, uploaded, failed('denied')],
      ['look', 'checkFirst', 'upload', `version 2 ${nonce}`, 'fail version: denied, forgets tokens'],
    ],
  ]);
});

describe('a call that an earlier process recorded before it stopped', () => {
  const theirs = `notes (kaggle-ts ${earlier})`;
  table([
    ['a version that the server created', left('version', 1), [seen('x', theirs)], ['look', 'done 2']],
    [
      'a version that becomes visible late',
      left('version', 1),
      [seen('x'), seen('x', 'y'), seen('x', 'y', theirs)],
      ['look', 'look after 1', 'look after 2', 'done 3'],
    ],
    [
      'a version that the server did not create: create it with the same marker',
      left('version', 1),
      [...times(5, seen('x')), seen('x'), free, uploaded],
      ['look', ...looks, 'look', 'checkFirst', 'upload', `version 1 ${earlier}`],
    ],
    [
      'a version, and only one of another process exists',
      left('version', 1),
      times(5, seen('x', 'y')),
      ['look', ...looks, 'unclear'],
    ],
    [
      'a version of something that no longer exists: create it with a new marker',
      left('version', 1),
      [...times(5, nothing), nothing, uploaded],
      ['look', ...looks, 'look', 'upload', create],
    ],
    [
      'a creation that succeeded',
      left('create', 0),
      [nothing, seen('x'), same],
      ['look', 'look after 1', 'compareFirst', 'done 1 created'],
    ],
    [
      'a creation that did not reach the server',
      left('create', 0),
      [...times(5, nothing), nothing, uploaded],
      ['look', ...looks, 'look', 'upload', `create 0 ${earlier}`],
    ],
    [
      'a creation, and another one has that name',
      left('create', 0),
      times(5, [seen('x'), other]).flat(),
      ['look', 'compareFirst', ...looks.flatMap((look) => [look, 'compareFirst']), 'unclear: its title is "x"'],
    ],
  ]);
});

describe('the kind of a failure', () => {
  const error = (status: number) => new ApiError('x', { status, method: 'a/B' });
  test.each<[string, unknown, 'succeeded' | 'taken' | undefined, Failure['kind']]>([
    ['no response', new ConnectionError('x'), undefined, 'lost'],
    ['an error of the server', error(503), undefined, 'lost'],
    ['an error of the server that mentions a name', error(500), 'taken', 'lost'],
    ['a name or a token in use', error(200), 'taken', 'taken'],
    ['a refusal although it was created', error(200), 'succeeded', 'succeeded'],
    ['no permission', new PermissionError('x', { status: 403, method: 'a/B' }), undefined, 'denied'],
    ['any other refusal', error(400), undefined, 'refused'],
    ['an error before sending', new TypeError('x'), undefined, 'other'],
  ])('%s', (_name, thrown, said, kind) => {
    expect(failureOf(thrown, said)).toEqual({ error: thrown, kind });
  });

  test('too many requests, with the requested pause', () => {
    const limited = new RateLimitError('x', { status: 429, method: 'a/B', retryAfterMs: 9000 });
    expect(failureOf(limited, undefined)).toEqual({ error: limited, kind: 'rateLimited', retryAfterMs: 9000 });
  });
});
