import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../src/core/errors.ts';
import { type PushRequest, push, run, scriptKind } from '../../src/services/kernels/index.ts';
import { createFake } from './kernels-fake.ts';

const base = { slug: 'alice/my-job-one', newTitle: 'My Job One' };
const notebook = (metadata: object = {}) => JSON.stringify({ cells: [], metadata, nbformat: 4, nbformat_minor: 5 });
const inR = notebook({ kernelspec: { name: 'ir', language: 'R' } });

const files = { '/job/train.py': 'print(1)', '/job/notes.txt': 'x', '/data': 'x' };

/** What is sent for a request. */
async function sent(request: Partial<PushRequest>): Promise<{ language: string; kernelType: string; text: string }> {
  const { client, requests } = createFake(
    { SaveKernel: () => ({ ref: '/code/alice/my-job-one', versionNumber: 1 }) },
    files,
  );
  await push(client, { ...base, ...request });
  return requests[0]!.body;
}

async function refused(request: Partial<PushRequest>): Promise<string> {
  const { client, called } = createFake({}, files);
  const failure = await push(client, { ...base, ...request }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ValidationError);
  expect(called()).toEqual([]);
  return (failure as Error).message;
}

describe('what Kaggle runs a kernel as', () => {
  it.each<[string, Partial<PushRequest>, string, string]>([
    ['a text', { text: 'print(1)' }, 'python', 'script'],
    ['a notebook without a word', { text: notebook() }, 'python', 'notebook'],
    ['a notebook in R without a word', { text: inR }, 'r', 'notebook'],
    [
      'a notebook of an environment',
      { text: notebook({ kernelspec: { name: 'conda-env-base-py' } }) },
      'python',
      'notebook',
    ],
    ['a notebook by its name', { text: notebook(), entry: 'a.ipynb' }, 'python', 'notebook'],
    ['a notebook of R by its name', { text: notebook(), entry: 'a.irnb' }, 'r', 'notebook'],
    ['a file of R', { text: 'print(1)', entry: 'a.R' }, 'r', 'script'],
    ['a text of R that says so', { text: '#!/usr/bin/env Rscript\nprint(1)' }, 'r', 'script'],
    ['R Markdown by its name', { text: '# x', entry: 'a.Rmd' }, 'rmarkdown', 'script'],
    ['R Markdown without a word', { text: '---\ntitle: x\n---\n```{r}\n1\n```\n' }, 'rmarkdown', 'script'],
    ['a folder with R', { files: { 'main.R': 'print(1)' }, entry: 'main.R' }, 'r', 'script'],
    ['another extension with a language', { text: 'print(1)', entry: 'a.pyw', language: 'python' }, 'python', 'script'],
    ['JSON that is no notebook', { text: '{"a": 1}' }, 'python', 'script'],
  ])('%s', async (_what, request, language, kernelType) => {
    expect(await sent(request)).toMatchObject({ language, kernelType });
  });

  it.each<[string, Partial<PushRequest>, string]>([
    [
      'Julia',
      { text: 'x', entry: 'a.jl' },
      'Kaggle no longer runs Julia; Kaggle runs .py, .ipynb, .irnb, .R and .Rmd files',
    ],
    ['SQL', { text: 'x', entry: 'a.sql' }, 'run it from Python'],
    ['SQL that is called Python', { text: 'x', entry: 'a.sql', language: 'python' }, 'run it from Python'],
    ['Quarto', { text: 'x', entry: 'a.qmd' }, 'quarto convert'],
    ['a text file', { text: 'x', entry: 'a.txt' }, 'rename it to match its content'],
    ['a file without an extension', { text: 'x', entry: 'train' }, '"train" is not a supported script type'],
    ['a folder with another entry', { files: { 'notes.txt': 'x' }, entry: 'notes.txt' }, 'not a supported script type'],
    [
      'a notebook in Julia',
      { text: notebook({ kernelspec: { name: 'julia-1.9', language: 'julia' } }) },
      'written in julia',
    ],
    [
      'a notebook in Julia that tells only a name',
      { text: notebook({ kernelspec: { name: 'julia-1.9' } }) },
      'julia-1.9',
    ],
    [
      'a notebook that is called a script',
      { text: notebook(), kernelType: 'script' },
      'text: expected a script, got a notebook',
    ],
    [
      'a notebook with the name of a script',
      { text: notebook(), entry: 'a.py' },
      'text: expected a script, got a notebook',
    ],
    ['a script that is called a notebook', { text: 'print(1)', entry: 'a.ipynb' }, 'not JSON'],
    ['a notebook of R that is called Python', { text: inR, language: 'python' }, 'omit language'],
    ['R with parameters', { text: '1', entry: 'a.R', params: {} }, 'put the code into one file'],
  ])('refuses %s and says what to do', async (_what, request, words) => {
    expect(await refused(request)).toContain(words);
  });

  it.each([
    './train.py',
    '/job/train.py',
    'C:\\jobs\\train.py',
    'not there.ipynb',
    'notes.txt',
    'file:///job/train.R',
    '/job',
    '/data',
  ])('refuses the path %s as the text', async (path) => {
    expect(await refused({ text: path })).toMatch(/text: expected the code itself.*pass folder and entry/);
  });

  it.each([
    '1',
    'print("a.py")',
    'import os',
    'open("a.txt")',
    'x = "a.py"\n',
    '# see a.py',
  ])('takes %j as code', async (text) => {
    expect((await sent({ text })).text).toBe(text);
  });

  it('is asked by name', () => {
    expect(scriptKind('a/b.IPYNB')).toEqual({ kernelType: 'notebook' });
    expect(() => scriptKind('a.jl')).toThrow(ValidationError);
  });

  it('a notebook of R that is to be cancelled is pushed as it is', async () => {
    const { client, requests } = createFake({
      SaveKernel: () => ({ ref: '/code/alice/my-job-one', versionNumber: 1, invalidTags: ['x'] }),
    });
    await run(client, { ...base, text: inR }, { cancelOnAbort: true }).catch(() => {});
    expect(requests[0]!.body).toMatchObject({ language: 'r', kernelType: 'notebook' });
  });
});
