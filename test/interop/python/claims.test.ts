import { readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { skip } from '../../skip.ts';
import { claims } from './claims/index.ts';
import { packages } from './install.ts';

const page = readFileSync(new URL('../../../docs/comparison.md', import.meta.url), 'utf8');
const [, section = ''] = /\n## With the official Python clients\n(.*?)\n## /s.exec(page) ?? [];
const table = section.split('\n\n').find((part) => part.startsWith('| | kagglesdk')) ?? '';

test('each row of the comparison is a claim, in the same words', () => {
  const rows = [...table.matchAll(/^\| (.+?) \| (.+?) \| .+ \|$/gm)].map(([, about, says]) => [about, says]);
  expect(rows.length).toBeGreaterThan(20);
  expect(Object.fromEntries(rows)).toEqual(
    Object.fromEntries(Object.entries(claims).map(([about, { says }]) => [about, says])),
  );
});

test('the comparison and the tests are about the same versions', () => {
  for (const [name, version] of packages.map((one) => one.split('=='))) {
    if (version) expect(section).toMatch(new RegExp(`${name}\\W.{0,12}${version.replaceAll('.', '\\.')}\\W`));
  }
});

describe('what the comparison says about the official clients is true', () => {
  for (const [about, { says, check }] of Object.entries(claims)) {
    if (!check) continue;
    test(`${about}: ${says}`, (context) => {
      if (!process.env.KAGGLE_TS_CLAIMS)
        skip(context, 'it takes minutes, and changes with their versions only: npm run interop');
      return check(context);
    });
  }
});
