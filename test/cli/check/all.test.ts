import { afterAll, describe, expect, test, vi } from 'vitest';
import { groups } from '../../../src/cli/check/questions/index.ts';
import { type Change, hurry, type Lab, runLab } from './lab.ts';
import { type Proof, proofs } from './proofs.ts';

hurry();
afterAll(() => void vi.unstubAllGlobals());

/** What no emulator shows: it is no api.kaggle.com, a check has one credential, and nobody asks too often. */
const unseen = [
  'auth.basic-changes',
  'auth.basic-reads',
  'auth.key-as-bearer',
  'errors.rest-shape',
  'errors.rest-any-token',
  'errors.retry-after',
];

const sorted = (ids: readonly string[]) => [...ids].sort();

/** The REST interface of www.kaggle.com, as far as it is asked. */
const rest: Change = ({ url }) => {
  if (url.hostname !== 'www.kaggle.com') return undefined;
  return url.pathname.endsWith('/datasets/list')
    ? Response.json([])
    : Response.json({ code: 404, message: 'Not found' }, { status: 404 });
};

const legacyKey = { type: 'basic', username: 'alice', key: 'alice-key' } as const;

describe('a server as it is assumed', () => {
  test('everything that is assumed is seen, and nothing is left', async () => {
    const { ids, code, lines, emulator } = await runLab();
    expect(lines.filter((line) => line.startsWith('failed'))).toEqual([]);
    expect(ids('differs')).toEqual([]);
    expect(sorted(ids('not seen'))).toEqual(sorted(unseen));
    expect(code).toBe(0);
    expect(emulator.state.datasets.size).toBe(0);
    expect([...emulator.state.kernels.values()].map(({ owner }) => owner)).toEqual(['somebody-else']);
  });

  test('with a legacy key, and as api.kaggle.com', async () => {
    const { ids, code } = await runLab({ credential: legacyKey, endpoint: 'https://api.kaggle.com', changes: [rest] });
    expect(ids('differs')).toEqual([]);
    const bearerOnly = ['auth.bearer', 'auth.token-as-basic', 'auth.introspect'];
    expect(sorted(ids('not seen'))).toEqual(sorted([...bearerOnly, 'errors.retry-after']));
    expect(code).toBe(0);
  });
});

describe('a server that differs', () => {
  let ahead = 0;
  const now = () => performance.now() + ahead;
  const clock = {
    jump(seconds: number) {
      ahead += seconds * 1000;
    },
  };
  const all = proofs(clock);

  test('every question has a proof that it finds a difference', () => {
    const ids = groups.flatMap(({ questions }) => questions.map(({ id }) => id));
    expect(sorted(Object.keys(all))).toEqual(sorted(ids));
    expect(new Set(ids).size).toBe(ids.length);
  });

  const worlds: Record<Proof['world'], Lab> = {
    one: {},
    // What only Kaggle itself has, and by a clock that jumps.
    two: { endpoint: 'https://api.kaggle.com', changes: [rest], now },
    'legacy key': { credential: legacyKey },
  };

  test.each(Object.entries(worlds))('each difference is found, and no other: %s', async (world, lab) => {
    const own = Object.entries(all).filter(([, proof]) => proof.world === world);
    const changes = [...(lab.changes ?? []), ...own.flatMap(([, { change }]) => (change ? [change()] : []))];
    const inside = Object.assign({}, ...own.map(([, proof]) => proof.inside));
    const { ids } = await runLab({ ...lab, changes, inside });
    expect(sorted(ids('differs'))).toEqual(sorted(own.map(([id]) => id)));
  });
});
