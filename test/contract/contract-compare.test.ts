import { describe, expect, it } from 'vitest';
import { changeLines, compareContracts } from '../../scripts/contract/compare.ts';
import type { Contract } from '../../scripts/contract/model.ts';
import { contract } from './codec-support.ts';

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
        { name: 'title', type: 'string' },
      ],
    },
    'a.Empty': { fields: [] },
    'a.Item': { fields: [{ name: 'color', type: { enum: 'a.Color' }, default: 'RED' }] },
    'a.Request': {
      fields: [
        { name: 'owner', type: 'string' },
        { name: 'size', type: 'string', optional: true },
      ],
      rest: { method: 'GET', path: '/a' },
    },
  },
  enums: { 'a.Color': ['RED', 'GREEN', 'BLUE'], 'a.Kind': ['A', 'B'] },
};

const differences = (before: Contract, after: Contract): string[] => changeLines(compareContracts(before, after));

describe('the comparison of two contracts', () => {
  it('finds no changes in an equal contract, whatever its order', () => {
    const turned: Contract = { ...made, messages: Object.fromEntries(Object.entries(made.messages).reverse()) };
    expect(differences(made, turned)).toEqual(['no changes']);
    expect(differences(contract, contract)).toEqual(['no changes']);
  });

  it('lists breaking changes first, then additions, then the rest', () => {
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
        { name: 'headline', type: 'string' },
        { name: 'more', type: 'any' },
      ],
      oneofs: [['id', 'items', 'more']],
    };
    delete changed.messages['a.Empty'];
    changed.messages['a.Extra'] = { fields: [] };
    changed.messages['a.Request'] = {
      fields: [
        { name: 'owner', type: 'string', optional: true },
        { name: 'size', type: 'string', optional: true, deprecated: true },
      ],
      rest: { method: 'POST', path: '/a' },
    };
    changed.enums['a.Color'] = ['GREEN', 'RED', 'BLACK'];
    changed.enums['a.Shape'] = [];
    expect(differences(made, changed)).toEqual([
      'breaking (11):',
      '  - service a.Old',
      '  - method a.Service/Drop',
      '  ~ method a.Service/Call: response a.Answer -> none',
      '  - field a.Answer.title: possibly renamed to headline',
      '  ~ field a.Answer.id: type integer -> string',
      '  ~ field a.Answer.items: type list of a.Item -> list of a.Request',
      '  ~ field a.Request.owner: optional none -> true',
      '  - enum value a.Color.BLUE',
      '  - message a.Empty',
      '  ~ message a.Answer: only one of id and items may be set',
      '  ~ enum a.Color: default RED -> GREEN',
      'added (7):',
      '  + service a.New',
      '  + method a.Service/Fresh',
      '  + field a.Answer.headline',
      '  + field a.Answer.more',
      '  + enum value a.Color.BLACK',
      '  + message a.Extra',
      '  + enum a.Shape',
      'no effect on code (3):',
      '  ~ method a.Service/Call: deprecated none -> true',
      '  ~ field a.Request.size: deprecated none -> true',
      '  ~ message a.Request: rest {"method":"GET","path":"/a"} -> {"method":"POST","path":"/a"}',
    ]);
  });

  it('lists a rename once, not for each use', () => {
    const text = JSON.stringify(made)
      .replaceAll('a.Item', 'a.Answer.Item')
      .replaceAll('a.Color', 'a.Colour')
      .replaceAll('a.Request', 'a.ApiRequest');
    expect(differences(made, JSON.parse(text))).toEqual([
      'breaking (3):',
      '  ~ message a.Item: renamed to a.Answer.Item',
      '  ~ message a.Request: renamed to a.ApiRequest',
      '  ~ enum a.Color: renamed to a.Colour',
    ]);
  });

  it('lists no rename if there are two candidates', () => {
    const changed = structuredClone(made);
    delete changed.enums['a.Kind'];
    changed.enums['a.One'] = ['A', 'B'];
    changed.enums['a.Two'] = ['A', 'B'];
    expect(differences(made, changed)).toEqual([
      'breaking (1):',
      '  - enum a.Kind',
      'added (2):',
      '  + enum a.One',
      '  + enum a.Two',
    ]);
  });
});
