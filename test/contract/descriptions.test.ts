import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { coverageLines, readDescriptions } from '../../scripts/contract/descriptions.ts';
import { type Contract, referenceOf } from '../../scripts/contract/model.ts';
import { generatedFiles } from '../../scripts/generate/files.ts';
import { contract } from './codec-support.ts';

const descriptions = readDescriptions();
const methods = Object.entries(contract.services).flatMap(([service, entries]) =>
  Object.keys(entries).map((name) => `${service}.${name}`),
);

/** What the generator writes for an area of one method, with the given descriptions. */
function generate(text: string, shared = '') {
  const more: Contract = structuredClone(contract);
  more.services['jobs.JobService'] = { GetJob: { request: 'jobs.GetJobRequest', response: 'jobs.Job' } };
  more.messages['jobs.GetJobRequest'] = { fields: [{ name: 'id', type: 'integer' }] };
  more.messages['jobs.Job'] = {
    fields: [
      { name: 'state', type: { enum: 'jobs.State' } },
      { name: 'limit', type: 'duration' },
      { name: 'old', type: 'string', deprecated: true },
      { name: 'pageToken', type: 'string' },
    ],
  };
  more.enums['jobs.State'] = ['WAITING', 'DONE'];
  const texts = readDescriptions({ 'jobs.md': text, 'shared.md': shared });
  const files = generatedFiles(more, texts);
  return {
    types: files.get('jobs/generated/types.ts')!,
    methods: files.get('jobs/generated/methods.ts')!,
    coverage: coverageLines(more, texts),
  };
}

describe('descriptions', () => {
  it('exist for every method of the areas that have a file', () => {
    const areas = ['blobs', 'common', 'competitions', 'datasets', 'kernels', 'models', 'security', 'users'];
    const main = methods.filter((name) => areas.includes(name.split('.')[0]!));
    expect(main.length).toBeGreaterThan(95);
    expect(main.filter((name) => !descriptions.textOf(name))).toEqual([]);
  });

  it('are sentences', () => {
    const texts = descriptions.sections.flatMap(({ name, text, members }) => [
      ...(text ? [`${name}: ${text}`] : []),
      ...[...members].map(([member, about]) => `${name}.${member}: ${about}`),
    ]);
    expect(texts.length).toBeGreaterThan(400);
    expect(texts.filter((text) => !/[.)]$|\.\.\."$|\."$/.test(text) || /[—–“”’]/.test(text))).toEqual([]);
  });

  it('link to methods of their own area, which tools can resolve', () => {
    const known = new Set(
      methods.map((name) => name.replace(/\..*\.(.)/, (_, first: string) => `.${first.toLowerCase()}`)),
    );
    const links = descriptions.sections.flatMap(({ name, text, members }) =>
      [text, ...members.values()]
        .flatMap((about) => [...about.matchAll(/\{@link (\w+)[^}]*\}/g)])
        .map((match) => `${name.split('.')[0]}.${match[1]}`),
    );
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((name) => !known.has(name))).toEqual([]);
  });

  it('of a section with a * fit every field that takes them: a page number is not a page', () => {
    const mixed = descriptions.sections.flatMap(({ name: section, members }) =>
      [...(section.includes('*') ? members : [])].flatMap(([member, about]) => {
        const types = Object.entries(contract.messages)
          .filter(([message]) => descriptions.textOf(`${message}.${member}`) === about)
          .flatMap(([, { fields }]) => fields.filter(({ name }) => name === member))
          .map(({ type }) => Boolean(referenceOf(type)));
        return new Set(types).size > 1 ? [`${section}.${member}`] : [];
      }),
    );
    expect(mixed).toEqual([]);
  });

  it('become the docs of messages, fields, enums and methods', () => {
    const { types, methods } = generate(
      [
        '# jobs\n\n## JobService\n- GetJob: Returns a job.\n\n## Job\nA job. It\nruns.\n- state: How far\n  it is.\n- limit: Run time.',
        '- old: @deprecated Use `state`.\n\n## State\nHow far.\n- WAITING: @deprecated Old.\n- DONE: has ended.',
      ].join('\n'),
      '## *\n- pageToken: Of the page before.\n',
    );
    expect(types).toContain('/**\n * A job. It runs.\n *\n * Response of {@link getJob}.\n */\nexport interface Job {');
    expect(types).toContain('/** Request of {@link getJob}. */\nexport interface GetJobRequest {');
    expect(types).toContain('  /** How far it is. */\n  state:');
    expect(types).toContain('  /** Run time. In seconds. */\n  limit?:');
    expect(types).toContain('  /** @deprecated Use `state`. */\n  old:');
    expect(types).toContain('  /** Of the page before. */\n  pageToken:');
    expect(types).toContain(
      '/**\n * How far.\n *\n * - `WAITING`: deprecated: Old.\n * - `DONE`: has ended.\n *\n * Default: `WAITING`.\n */',
    );
    expect(methods).toContain('/**\n * Returns a job.\n *\n * `jobs.JobService/GetJob`: takes');
    expect(methods).toContain('Idempotent: retried after transient failures.');
  });

  it('are counted', () => {
    const { coverage } = generate(
      '## JobService\n- GetJob: Returns a job.\n\n## Job\n- state: How far.\n- limit: Time.\n',
    );
    expect(coverage).toEqual(['jobs: described 1 of 1 methods, 0 of 1 types, 2 of 5 fields, 0 of 2 enum values']);
  });

  it('of what the contract does not have stop the generator, with their place', () => {
    const text =
      '# jobs\n\n## Job\n- state: Here.\n- gone: Gone.\n\n## Lost\nGone.\n\n## *Request\n- state: Elsewhere.\n';
    expect(() => generate(text)).toThrow(
      [
        'cannot place descriptions:',
        'contract/descriptions/jobs.md:3: jobs.Job has no "gone"',
        'contract/descriptions/jobs.md:7: the contract has no jobs.Lost',
        'contract/descriptions/jobs.md:10: jobs.*Request has no "state"',
        'rename or remove them',
      ].join('\n'),
    );
    const renamed = structuredClone(contract);
    delete renamed.services['kernels.KernelsApiService']!.GetKernel;
    expect(() => generatedFiles(renamed)).toThrow('kernels.KernelsApiService has no "GetKernel"');
  });

  it.each([
    ['- field: Text.', 'jobs.md:1: expected "## Name" before it'],
    ['## Job\n- state Text.', 'jobs.md:2: expected "## Name", "- member: text"'],
    ['## Job\n- state: Text.\nMore.', 'jobs.md:3: expected "## Name", "- member: text"'],
    ['## Job\n- state: One.\n- state: Two.', 'jobs.md:3: "state" is described twice in jobs.Job'],
    ['## Job\nOne.\n## Job\nTwo.', 'jobs.md:3: there is another section about jobs.Job'],
    ['## Job\nEnds */ here.', 'jobs.md:2: "*/" would end the comment'],
  ])('that are written wrongly are refused: %j', (text, message) => {
    expect(() => readDescriptions({ 'jobs.md': text })).toThrow(`contract/descriptions/${message}`);
  });

  it('are not in bundles', async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `export { saveKernel } from './src/services/kernels/generated/index.ts'`,
        resolveDir: new URL('../../', import.meta.url).pathname,
      },
      bundle: true,
      format: 'esm',
      minify: true,
      write: false,
    });
    expect(outputFiles[0]!.text).toContain('SaveKernel');
    expect(outputFiles[0]!.text).not.toContain('Saves a new version');
  });
});
