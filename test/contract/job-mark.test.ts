import { describe, expect, test } from 'vitest';
import { type PushRequest, push, start } from '../../src/services/kernels/index.ts';
import { readMark } from '../../src/services/kernels/push/mark.ts';
import { createFake, refuse } from './kernels-fake.ts';

const base = { slug: 'alice/my-job-one', newTitle: 'My Job One' };
const digits = /kaggle-ts job [0-9a-f]{24}\.[0-9a-f]{8}\.[0-9a-f]{8}/;
const comment = new RegExp(`^# ${digits.source}\n$`);
const textComment = new RegExp(`^\n<!-- ${digits.source} -->\n$`);

/** The source that `start` sends, with a key or without. */
async function sent(
  code: Partial<PushRequest>,
  key?: string,
  verb: typeof start | typeof push = start,
): Promise<string> {
  const { client, requests } = createFake({
    GetKernel: () => refuse(403),
    SaveKernel: () => ({ ref: '/code/alice/my-job-one', versionNumber: 1 }),
  });
  await verb(client, { ...base, ...code }, { key } as object);
  return requests.find(({ method }) => method === 'SaveKernel')!.body.text;
}

describe('the mark of a start', () => {
  test.each<[string, Partial<PushRequest>, RegExp]>([
    ['R', { text: 'x <- 1\nstop(x)\n', language: 'r' }, comment],
    ['R without a last line end', { text: 'x <- 1', language: 'r' }, new RegExp(`^\n${comment.source.slice(1)}`)],
    ['R with line ends of Windows', { text: 'x <- 1\r\n', language: 'r' }, comment],
    ['R Markdown', { text: '---\ntitle: x\n---\n\n```{r}\n1\n```\n', language: 'rmarkdown' }, textComment],
    ['R Markdown whose last block is open', { text: '# x\n\n```{r}\n1\n', language: 'rmarkdown' }, comment],
  ])('is a comment after all lines of %s', async (_what, code, end) => {
    const text = await sent(code, 'a');
    expect(text.startsWith(code.text!)).toBe(true);
    expect(text.slice(code.text!.length)).toMatch(end);
    expect(await sent(code)).toMatch(digits);
  });

  const cell = (source: string) => ({ cell_type: 'code', source, metadata: {}, outputs: [], execution_count: null });
  const notebook = (minor: number, language = 'python') =>
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: minor,
      metadata: { kernelspec: { name: language === 'python' ? 'python3' : 'ir', language, display_name: language } },
      cells: [cell('1 / 0'), cell('%%writefile a.txt\nb')],
    });

  test.each([
    [4, 'python'],
    [5, 'python'],
    [4, 'R'],
  ])('is a cell of text behind those of a notebook (4.%i, %s)', async (minor, language) => {
    const { cells } = JSON.parse(await sent({ text: notebook(minor, language) }, 'a'));
    expect(cells).toHaveLength(3);
    expect(cells.slice(0, 2)).toMatchObject(JSON.parse(notebook(minor, language)).cells);
    const { cell_type, source, metadata, id } = cells[2];
    expect({ cell_type, metadata, id }).toEqual({
      cell_type: 'markdown',
      metadata: {},
      id: minor > 4 ? 'kaggle-ts-mark' : undefined,
    });
    expect(source).toMatch(new RegExp(`^<!-- ${digits.source} -->$`));
  });

  test.each<[string, Partial<PushRequest>]>([
    ['a script', { text: 'print(1)\n' }],
    ['a folder', { files: { 'train.py': 'import data\n', 'data.py': '' }, entry: 'train.py' }],
    ['a notebook with parameters', { text: notebook(4), params: { a: 1 } }],
  ])('ends %s in Python, whose prologue prints the session', async (_what, code) => {
    const text = await sent(code, 'a');
    expect(text).toContain('##kaggle-ts session=');
    const { id, content } = readMark(text)!;
    expect(readMark(await sent(code, 'a'))).toMatchObject({ id, content });
    expect(readMark(text)!.id).not.toBe(readMark(await sent(code, 'b'))!.id);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(digits);
  });

  test.each<[string, Partial<PushRequest>]>([
    ['R', { text: 'x <- 1\n', language: 'r' }],
    ['R Markdown', { text: '# x\n', language: 'rmarkdown' }],
    ['a notebook', { text: notebook(5) }],
  ])('is replaced if %s is read back from Kaggle and started again, and removed if it is pushed', async (_what, code) => {
    const first = await sent(code, 'a');
    const second = await sent({ ...code, text: first }, 'b');
    expect(second.match(new RegExp(digits, 'g'))).toHaveLength(1);
    expect(readMark(second)!.id).not.toBe(readMark(first)!.id);
    expect(await sent({ ...code, text: first }, undefined, push)).not.toMatch(digits);
  });

  test('is the last one if a script with a prologue is read back and started again', async () => {
    const first = await sent({ text: 'print(1)\n' }, 'a');
    expect(readMark(await sent({ text: first }, 'b'))!.id).toBe(readMark(await sent({ text: 'x = 1' }, 'b'))!.id);
  });

  test('differs without a key', async () => {
    expect(readMark(await sent({ text: 'print(1)' }))).not.toEqual(readMark(await sent({ text: 'print(1)' })));
  });

  test('depends on what is pushed, and not on how the slug is written', async () => {
    const mark = async (code: Partial<PushRequest>) => readMark(await sent({ text: 'print(1)', ...code }, 'a'))!;
    const { id, content } = await mark({});
    expect(await mark({ slug: 'Alice/My-Job-One' })).toMatchObject({ id });
    const changes = [{ text: 'print(2)' }, { params: { a: 1 } }, { machineShape: 'TpuV5E8', checkQuota: false }];
    for (const change of changes) {
      const other = await mark(change);
      expect(other.id).toBe(id);
      expect(other.content).not.toBe(content);
    }
  });
});
