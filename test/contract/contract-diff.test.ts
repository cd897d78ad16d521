import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { changeLines, compareContracts } from '../../scripts/contract/compare.ts';
import { type Contract, readContract } from '../../scripts/contract/model.ts';
import { node } from './codec-support.ts';

const script = fileURLToPath(new URL('../../scripts/contract/diff.ts', import.meta.url));
const extractor = fileURLToPath(new URL('../../scripts/contract/extract.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'contract-'));
afterAll(() => rmSync(folder, { recursive: true }));

const made: Contract = {
  source: 'made up',
  services: {
    'a.Old': { Gone: { request: 'a.Request', response: null } },
    'a.Service': {
      Call: { request: 'a.Request', response: 'a.Answer' },
      Drop: { request: 'a.Request', response: null },
    },
  },
  messages: {
    'a.Answer': {
      fields: [
        { name: 'id', type: 'integer' },
        { name: 'items', type: { list: { message: 'a.Item' } } },
      ],
    },
    'a.Item': { fields: [] },
    'a.Request': {
      fields: [
        { name: 'color', type: { enum: 'a.Color' }, default: 'RED' },
        { name: 'size', type: 'string', optional: true },
      ],
      rest: { method: 'GET', path: '/a' },
    },
  },
  enums: { 'a.Color': ['RED', 'GREEN', 'BLUE'] },
};

function run(before: Contract, after: Contract): { status: number | null; lines: string[] } {
  const files = [before, after].map((contract, index) => {
    const file = join(folder, `${index}.json`);
    writeFileSync(file, JSON.stringify(contract));
    return file;
  });
  const { status, stdout } = spawnSync(node, [script, ...files], { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n').slice(2) };
}

describe('contract differences', () => {
  it('there are none between a contract and itself, in whatever order it is written', () => {
    const turned: Contract = { ...made, messages: Object.fromEntries(Object.entries(made.messages).reverse()) };
    expect(run(made, turned)).toEqual({ status: 0, lines: ['no difference'] });
  });

  it('names everything that was added, removed and changed', () => {
    const changed = structuredClone(made);
    delete changed.services['a.Old'];
    changed.services['a.New'] = {};
    changed.services['a.Service'] = {
      Call: { request: 'a.Request', response: null, deprecated: true },
      Fresh: { request: 'a.Request', response: null },
    };
    changed.messages['a.Answer'] = {
      fields: [
        { name: 'id', type: 'string' },
        { name: 'items', type: { list: { message: 'a.Request' } } },
        { name: 'more', type: 'any' },
      ],
      oneofs: [['id', 'more']],
    };
    delete changed.messages['a.Item'];
    changed.messages['a.Extra'] = { fields: [] };
    changed.messages['a.Request'] = {
      fields: [
        { name: 'color', type: { enum: 'a.Color' }, default: 'GREEN' },
        { name: 'size', type: 'string', deprecated: true },
      ],
      rest: { method: 'POST', path: '/a' },
    };
    changed.enums['a.Color'] = ['GREEN', 'RED', 'BLACK'];
    changed.enums['a.Shape'] = [];
    expect(run(made, changed)).toEqual({
      status: 1,
      lines: [
        '+ service a.New',
        '- service a.Old',
        '~ method a.Service/Call: response a.Answer -> none',
        '~ method a.Service/Call: deprecated none -> true',
        '- method a.Service/Drop',
        '+ method a.Service/Fresh',
        '~ field a.Answer.id: type integer -> string',
        '~ field a.Answer.items: type list of a.Item -> list of a.Request',
        '+ field a.Answer.more',
        '~ message a.Answer: oneofs none -> [["id","more"]]',
        '+ message a.Extra',
        '- message a.Item',
        '~ field a.Request.color: default RED -> GREEN',
        '~ field a.Request.size: optional true -> none',
        '~ field a.Request.size: deprecated none -> true',
        '~ message a.Request: rest {"method":"GET","path":"/a"} -> {"method":"POST","path":"/a"}',
        '+ enum a.Color BLACK',
        '- enum a.Color BLUE',
        '~ enum a.Color: the order of the names',
        '+ enum a.Shape',
        '6 added, 4 removed, 10 changed',
      ],
    });
  });

  it('says so when it cannot tell', () => {
    const { status, stderr } = spawnSync(node, [script, join(folder, 'none.json')], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain('none.json');
    expect(spawnSync(node, [script, '--python', join(folder, 'no-python')]).status).toBe(2);
  });
});

const python = spawnSync('python3', ['--version']).status === 0;
const installed = spawnSync('python3', ['-c', 'import kagglesdk']).status === 0;

describe('re-extraction', () => {
  it.skipIf(!installed)(
    'of the installed kagglesdk 0.1.37 gives the contract, byte for byte (needs kagglesdk on PYTHONPATH)',
    () => {
      const text = execFileSync('python3', [extractor], { encoding: 'utf8', maxBuffer: 2 ** 28 });
      const fresh = JSON.parse(text) as Contract;
      if (fresh.source === readContract().source) {
        expect(text).toBe(readFileSync(new URL('../../contract/kaggle-api.json', import.meta.url), 'utf8'));
      } else {
        expect(Object.keys(fresh.services).length).toBeGreaterThan(20);
      }
    },
  );

  it.skipIf(installed || !python)('says what is missing when there is no kagglesdk', () => {
    const { status, stderr } = spawnSync('python3', [extractor], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain('kagglesdk');
  });

  it('a contract of the same content has no difference', () => {
    expect(changeLines(compareContracts(readContract(), readContract()))).toEqual(['no difference']);
  });
});
