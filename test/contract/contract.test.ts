import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { contract } from './codec-support.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('no document contains the number of methods or messages, which changes with each kagglesdk', () => {
  const documents = readdirSync(new URL('../../docs/', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  const counted = ['README.md', 'CHANGELOG.md', 'NOTICE', ...documents].flatMap((path) =>
    [...read(path).matchAll(/\b\d+ (services|methods|messages|enums)\b/g)].map(([text]) => `${path}: ${text}`),
  );
  expect(counted).toEqual([]);
});

it('contract and vectors come from the same kagglesdk', () => {
  const version = /kagglesdk \S+/;
  const sources = ['messages', 'decode', 'rpc'].map((name) => JSON.parse(read(`test/vectors/${name}.json`)).source);
  expect(sources.map((source: string) => version.exec(source)?.[0])).toEqual(
    sources.map(() => version.exec(contract.source)?.[0]),
  );
});
