import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { groupsTable, kindsTable } from '../../scripts/generate/faults.ts';
import { type FaultKind, faultKinds } from '../../src/testing/faults/kinds.ts';
import type { FaultRow } from '../../src/testing/faults/row.ts';
import type { Fault } from '../../src/testing/index.ts';
import { otherFaults } from '../faults/cases/others.ts';
import { makeDataset, quiet, rpc } from './support.ts';

const hello = 'api.v1.DiagnosticsService/Hello';
const rows = faultKinds as Record<string, FaultRow>;

describe('a new kind of fault is one row', () => {
  const kind = 'teapot' as FaultKind;
  beforeAll(() => {
    rows[kind] = {
      group: 'the answer',
      about: 'says `status` (418) of every byte',
      takes: ['status'],
      times: 2,
      suits: ({ verb }) => verb === 'GET',
      damage: async (answer, { status }) => new Response(await answer.arrayBuffer(), { status: status ?? 418 }),
    };
  });
  afterAll(() => {
    delete rows[kind];
  });

  test('it happens to the requests that it suits, as often as the row says, with its options', async () => {
    const emulator = quiet();
    await makeDataset(emulator, { 'a.txt': 'text' });
    const request = { ownerSlug: 'alice', datasetSlug: 'my-data', fileName: 'a.txt' };
    const address = (await rpc(emulator, 'datasets.DatasetApiService/DownloadDataset', request)).headers.get(
      'location',
    );
    emulator.faults.add({ kind });
    emulator.faults.add({ kind, status: 419, times: 1 });
    expect((await rpc(emulator, hello)).status).toBe(200);
    const answers = [];
    for (let n = 0; n < 4; n++) answers.push(await emulator.fetch(new Request(address!)));
    expect(answers.map(({ status }) => status)).toEqual([418, 418, 419, 200]);
    expect(await answers[0]!.text()).toBe('text');
  });

  test('an option that it does not take is an error that says which it takes', () => {
    expect(() => quiet().faults.add({ kind, seconds: 1 })).toThrow('"teapot" does not take "seconds"; it takes status');
  });

  test('it is in the tables of the documents', () => {
    expect(kindsTable(faultKinds).split('\n')).toContain('| `teapot` | says `status` (418) of every byte |');
    expect(groupsTable(faultKinds)).toMatch(/^\| the answer \| .*`status`.*`teapot` \|$/m);
  });

  test('it is in the matrix of the transfers that it suits', () => {
    expect(otherFaults('down', [])).toHaveProperty('teapot: once', expect.objectContaining({ kind }));
    expect(Object.keys(otherFaults('up', []))).not.toContain('teapot: once');
    const cases = { 'teapot: of its own': { kind, rules: [] } };
    expect(Object.keys(otherFaults('down', [cases]))).not.toContain('teapot: once');
  });
});

test('a kind that does not exist is an error that lists those that do', () => {
  const fault = { kind: 'dorp' } as unknown as Fault;
  expect(() => quiet().faults.add(fault)).toThrow(/^unknown fault kind "dorp"; expected one of refuse, drop, /);
  expect(() => quiet({ faults: [fault] })).toThrow('unknown fault kind "dorp"');
  expect(() => quiet().faults.add({ kind: 'lostAnswer', bytes: 1 })).toThrow('it has no options of its own');
});

test('kinds are grouped, and what is said of each names its options', () => {
  const order = Object.values(rows).map(({ group }) => group);
  expect(order.filter((group, index) => group !== order[index - 1])).toHaveLength(new Set(order).size);
  for (const [name, { about, takes }] of Object.entries(rows)) {
    for (const option of takes) expect(about, name).toMatch(new RegExp(`\`${option}\\b`));
  }
});
