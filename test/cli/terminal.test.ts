import { expect, test } from 'vitest';
import { createLogPrinter } from '../../src/cli/log-printer.ts';
import { joinSlug, slugPart } from '../../src/cli/names.ts';
import { showProgress } from '../../src/cli/progress.ts';
import { cleanLine, createTerminal } from '../../src/cli/terminal.ts';
import { inBytes, inTime, inWords, warningPrinter } from '../../src/cli/words.ts';
import type { ErrorText } from '../../src/core/error-text.ts';
import { ApiError, KernelFailedError } from '../../src/core/errors.ts';
import { refuse } from '../../src/core/options/check.ts';
import type { Issue } from '../../src/core/options/field.ts';
import { warn } from '../../src/core/warn.ts';

/** What a transfer that has just begun does not know yet. */
const unknown = { rate: undefined, eta: undefined, attempt: 1 };

/** A terminal that keeps what is written to it. */
function record(isTTY = false, columns = 60) {
  let text = '';
  const write = (more: string) => {
    text += more;
    return true;
  };
  const stream = { isTTY, columns, write, on: () => {} };
  return { terminal: createTerminal(stream, stream), text: () => text };
}

test('control characters of names and logs never reach the terminal', () => {
  const { terminal, text } = record();
  terminal.print('a\x1b[31mred\x1b[0m \x07bell\u202egnp.exe\ttab');
  expect(text()).toBe('a[31mred[0m bellgnp.exe\ttab\n');
  expect(cleanLine('two\nlines\x00')).toBe('two lines');
  const { terminal: live, text: seen } = record(true);
  showProgress(
    live,
    'uploaded',
  )({ file: 'x\x1b]0;title\x07.csv', transferred: 5, total: 5, phase: 'done', ...unknown });
  expect(seen()).toBe('  uploaded x]0;title.csv (5 bytes)\n');
});

test('progress is redrawn where a person is looking, and one line a file elsewhere', () => {
  const live = record(true);
  const plain = record(false);
  for (const { terminal } of [live, plain]) {
    const show = showProgress(terminal, 'downloaded', () => 0);
    show({ file: 'a.bin', transferred: 500, total: 2000, phase: 'download', ...unknown });
    show({ file: 'a.bin', transferred: 2000, total: 2000, phase: 'done', ...unknown });
  }
  expect(plain.text()).toBe('  downloaded a.bin (2.0 kB)\n');
  expect(live.text()).toBe(
    '  [#####---------------] 25 % (500 bytes of 2.0 kB): a.bin\r\x1b[2K  downloaded a.bin (2.0 kB)\n',
  );
});

test('what is under way shows how fast it is and how long it will still take', () => {
  const { terminal, text } = record(true, 100);
  const show = showProgress(terminal, 'uploaded', () => 0);
  const part = { transferred: 50_000_000, total: 1_100_000_000, phase: 'upload', eta: 0, attempt: 1 } as const;
  show({ ...part, file: 'a', rate: 5_000_000 });
  expect(text()).toContain('4 % (50.0 MB of 1.1 GB, 5.0 MB/s, 4 min left): a');
  show({ ...part, file: 'b', rate: 1_000_000 });
  expect(text()).toContain('(100.0 MB of 2.2 GB, 6.0 MB/s, 6 min left): a, b');
});

test('times are rounded up to what a person would say', () => {
  expect([0.2, 59, 61, 3600, 4800].map(inTime)).toEqual(['1 s', '59 s', '2 min', '1 h', '1 h 20 min']);
});

test('a long transfer says something now and then where nobody is looking', () => {
  const { terminal, text } = record();
  let now = 0;
  const show = showProgress(terminal, 'uploaded', () => now);
  for (now = 0; now <= 12_000; now += 1000)
    show({ file: 'a', transferred: now, total: 20_000, phase: 'upload', ...unknown });
  expect(text().split('\n').filter(Boolean)).toHaveLength(2);
});

test('log pieces become lines, each with its time', () => {
  const { terminal, text } = record();
  const printer = createLogPrinter(terminal);
  printer.take({ stream: 'stdout', time: 1.25, data: 'one\ntw' });
  printer.take({ stream: 'stderr', time: 1.5, data: 'warning\n' });
  printer.take({ stream: 'stdout', time: 2, data: 'o\n' });
  printer.take({ stream: 'stdout', time: 3, data: '10%\r20%\r' });
  printer.end();
  expect(
    text()
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual(['1.3 s | one', '1.5 s ! warning', '1.3 s | two', '3.0 s | 10%', '3.0 s | 20%', '']);
});

test('only what the command itself says is dim', () => {
  const { terminal, text } = record(true);
  createLogPrinter(terminal).take({ stream: 'stdout', time: 1, data: 'a\x1b[31mb\ue000c\n' });
  const dim = process.env.NO_COLOR ? ['', ''] : ['\x1b[2m', '\x1b[0m'];
  expect(text()).toBe(`${dim[0]}     1.0 s |${dim[1]} a[31mb\ue000c\n`);
});

const issues: readonly [issues: readonly Issue[], printed: string][] = [
  [
    [
      { path: 'newTitle', message: 'must match the slug' },
      { path: 'slug', message: 'is missing' },
    ],
    '--title must match the slug; --slug is missing',
  ],
  [
    [{ path: 'datasetDataSources[0]', message: 'must be "owner/slug", not "machineShape"' }],
    '--dataset must be "owner/slug", not "machineShape"',
  ],
  [
    [{ path: 'newTitle', message: (name) => `is odd: pass ${name('allowSlugMismatch', 'true')}` }],
    '--title is odd: pass --allow-slug-mismatch',
  ],
  [[{ path: 'categoryIds', message: 'must not be empty' }], 'categoryIds must not be empty'],
];

test.each(issues)('an invalid option is named by its flag: %j', (issues, printed) => {
  for (const verb of ['kernels.run', 'kernels.cancel', 'kernels.remove'])
    expect(() => refuse(verb, issues)).toThrow(expect.toSatisfy((error) => inWords(error) === printed));
});

const hints: readonly [hint: ErrorText, printed: string][] = [
  [
    (name) => `stop one with ${name('kernels.cancel')}, or pass ${name('waitForSlot')}`,
    'stop one with kaggle-ts cancel KERNEL, or pass --wait-for-slot',
  ],
  [(name) => `delete it with ${name('kernels.remove')}`, 'delete it with kaggle-ts cancel KERNEL --delete'],
  [(name) => `pass ${name('enableInternet', 'false')}`, 'pass --no-internet'],
  [(name) => `increase ${name('startTimeout')} for "newTitle"`, 'increase --start-timeout for "newTitle"'],
  ['the output of a slug', 'the output of a slug'],
];

test.each(hints)('hints of the library name flags: %#', (hint, printed) => {
  expect(inWords(new ApiError(hint, { status: 400, method: 'x/Y' }))).toBe(printed);
  const { terminal, text } = record();
  warn({ platform: {} }, { onWarning: warningPrinter(terminal) }, hint);
  expect(text()).toBe(`warning: ${printed}\n`);
});

test('an error of the API has its reason first', () => {
  const method = 'kernels.KernelsApiService/GetKernel';
  const error = new ApiError(`${method}: not found: no such version`, { status: 404, method });
  expect(inWords(error)).toBe(`not found: no such version (${method})`);
});

test('errors are words without secrets', () => {
  const error = new KernelFailedError('a/b ended with ERROR', { status: 'ERROR', logTail: 'boom' });
  expect(inWords(error)).toBe('a/b ended with ERROR\n\nLast lines of its log:\n  boom');
  expect(inWords(new Error('GET https://x.example/f?sig=abc Bearer KGAT_12345'))).not.toMatch(/abc|12345/);
});

test('names for slugs', () => {
  expect(slugPart('Größe & Co.')).toBe('gro-e-co');
  expect(joinSlug('demo', 'x'.repeat(80), 'abcdefgh')).toHaveLength(50);
  expect(joinSlug('demo', '---')).toBe('demo');
  expect(inBytes(1)).toBe('1 byte');
  expect(inBytes(1_500_000)).toBe('1.5 MB');
});
