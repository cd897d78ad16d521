import { describe, expect, it } from 'vitest';
import { ApiError, ConnectionError, KaggleError, NotFoundError } from '../../src/core/errors.ts';
import { mayLookAgain } from '../../src/services/kernels/watch/await-run.ts';
import { judge, type Verdict, type VersionEvidence } from '../../src/services/kernels/watch/version.ts';

describe('whose status is it', () => {
  const rows: [string, VersionEvidence, Verdict][] = [
    ['no version asked for', { versionNumber: undefined, before: 7, label: 'none' }, 'ours'],
    ['the version is current', { versionNumber: 2, before: 2, label: 'accepted' }, 'ours'],
    ['the version is current, label refused', { versionNumber: 2, before: 2, after: 2, label: 'refused' }, 'ours'],
    ['an older version is current', { versionNumber: 2, before: 1, label: 'accepted' }, 'not-yet'],
    [
      'an older one before, ours after the look',
      { versionNumber: 2, before: 1, after: 2, label: 'accepted' },
      'not-yet',
    ],
    ['an older one, label refused', { versionNumber: 2, before: 1, label: 'refused' }, 'not-yet'],
    ['a newer one, label refused', { versionNumber: 2, before: 3, label: 'refused' }, 'superseded'],
    ['a newer one, no label sent', { versionNumber: 2, before: 3, label: 'none' }, 'superseded'],
    ['a newer one came during the look', { versionNumber: 2, before: 2, after: 3, label: 'refused' }, 'superseded'],
    ['a newer one, label accepted', { versionNumber: 2, before: 3, label: 'accepted' }, 'probe'],
    ['... and looked at', { versionNumber: 2, before: 3, label: 'accepted', honoured: true }, 'ours'],
    ['... and ignored', { versionNumber: 2, before: 3, label: 'accepted', honoured: false }, 'superseded'],
    ['no current version told, first version', { versionNumber: 1, before: undefined, label: 'accepted' }, 'ours'],
    ['no current version told, second', { versionNumber: 2, before: undefined, label: 'accepted' }, 'probe'],
    ['... label looked at', { versionNumber: 2, before: undefined, label: 'accepted', honoured: true }, 'ours'],
    ['... label ignored', { versionNumber: 2, before: undefined, label: 'accepted', honoured: false }, 'unknown'],
    ['... label refused', { versionNumber: 2, before: undefined, label: 'refused' }, 'unknown'],
  ];
  for (const [name, evidence, verdict] of rows) {
    it(`${name}: ${verdict}`, () => expect(judge(evidence)).toBe(verdict));
  }
});

describe('whether a failed look is the end', () => {
  const busy = new ApiError('busy', { status: 503, method: 'm' });
  const absent = new NotFoundError('not there', { status: 404, method: 'm' });
  const rows: [string, unknown, number, boolean, boolean][] = [
    ['a lost connection', new ConnectionError('lost'), 1, false, true],
    ['the fourth in a row', new ConnectionError('lost'), 4, false, false],
    ['a busy server', busy, 3, false, true],
    ['not there right after a push', absent, 1, true, true],
    ['still not there', absent, 6, true, false],
    ['not there', absent, 1, false, false],
    ['superseded', new KaggleError('newer'), 1, true, false],
  ];
  for (const [name, error, failures, justPushed, again] of rows) {
    it(`${name}: ${again ? 'look again' : 'give up'}`, () =>
      expect(mayLookAgain(error, failures, justPushed)).toBe(again));
  }
});
