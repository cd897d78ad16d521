import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { groupsTable, kindsList, kindsTable } from '../../scripts/generate/faults.ts';
import { ValidationError } from '../../src/core/errors.ts';
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
      group: 'the response',
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
    expect(() => quiet().faults.add({ kind, seconds: 1 })).toThrow(
      'fault "teapot": seconds: not an option of this kind; expected one of status',
    );
  });

  test('it is in the tables of the documents', () => {
    expect(kindsTable(faultKinds).split('\n')).toContain('| `teapot` | says `status` (418) of every byte |');
    expect(kindsList(faultKinds)).toContain(' * - `teapot`: says `status` (418) of every byte\n');
    expect(groupsTable(faultKinds)).toMatch(/^\| the response \| .*`status`.*`teapot` \|$/m);
  });

  test('it is in the matrix of the transfers that it suits', () => {
    expect(otherFaults('down', [])).toHaveProperty('teapot: once', expect.objectContaining({ kind }));
    expect(Object.keys(otherFaults('up', []))).not.toContain('teapot: once');
    const cases = { 'teapot: of its own': { kind, rules: [] } };
    expect(Object.keys(otherFaults('down', [cases]))).not.toContain('teapot: once');
  });
});

test.each<[object | undefined, string | RegExp]>([
  [{ kind: 'dorp' }, 'fault: unknown kind "dorp"; did you mean "drop"?'],
  [{ kind: 'lost_answer' }, 'fault: unknown kind "lost_answer"; did you mean "lostAnswer"?'],
  [{ kind: 'earthquake' }, /^fault: unknown kind "earthquake"; expected one of refuse, drop, .*, changed$/],
  [{ kind: 'toString' }, 'fault: unknown kind "toString"; expected one of'],
  [{ method: 'SaveKernel' }, 'fault: unknown kind undefined; expected one of'],
  [undefined, "fault: expected an object, such as { kind: 'drop' }, got undefined"],
  [{ kind: 'lostAnswer', bytes: 1 }, 'fault "lostAnswer": bytes: not an option of this kind; expected none'],
  [{ kind: 'drop', byte: 1 }, 'fault "drop": byte: no such option; did you mean bytes?'],
  [{ kind: 'drop', time: 1 }, 'fault "drop": time: no such option; did you mean times?'],
  [{ kind: 'drop', match: { methods: 'SaveKernel' } }, 'match.methods: no such option; did you mean method?'],
  [{ kind: 'drop', match: { path: /a/, puts: 'all' } }, 'match.puts: expected one of data, query, got "all"'],
  [{ kind: 'drop', times: -1, after: 0.5 }, /times: expected .*, got -1; after: expected .*, got 0\.5/],
  [
    { kind: 'drop', on: 'answer', bytes: '1' },
    'bytes: expected a whole number, got "1"; on: expected one of request, response, got "answer"',
  ],
  [
    { kind: 'status', status: 99, headers: { a: 1 } },
    'status: expected an HTTP status from 200 to 599, got 99; headers.a: expected a string, got 1',
  ],
])('%j is an error that names the field, and what it should be', (fault, message) => {
  const { faults } = quiet();
  expect(() => faults.add(fault as Fault)).toThrow(ValidationError);
  expect(() => faults.add(fault as Fault)).toThrow(message);
  expect(() => quiet({ faults: [fault as Fault] })).toThrow(message);
  expect(faults.pending).toEqual([]);
});

test('kinds are grouped, and each description names the options', () => {
  const order = Object.values(rows).map(({ group }) => group);
  expect(order.filter((group, index) => group !== order[index - 1])).toHaveLength(new Set(order).size);
  for (const [name, { about, takes }] of Object.entries(rows)) {
    for (const option of takes) expect(about, name).toMatch(new RegExp(`\`${option}\\b`));
  }
});
