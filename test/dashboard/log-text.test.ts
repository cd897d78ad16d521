import { describe, expect, test } from 'vitest';
import { toSegments } from '../../examples/dashboard/src/log/segments.ts';
import { ansiLines, createLogStore } from '../../examples/dashboard/src/log/store.ts';
import { classesOf } from '../../examples/dashboard/src/log/style.ts';
import { growth, proportional } from '../growth.ts';

/** The lines that the parts of a stream leave. */
function written(...parts: string[]): string[] {
  const store = createLogStore();
  store.append(parts.map((data, time) => ({ stream: 'stdout' as const, time, data })));
  return store.lines.map(({ text }) => text);
}

/** The styled parts of the first line, as [text, classes]. */
function styled(text: string): [string, string][] {
  const line = ansiLines(text)[0]!;
  return toSegments(line.text, line.runs, []).map((part) => [part.text, classesOf(part.style)]);
}

describe('lines', () => {
  test.each([
    ['a line in several parts', ['a', 'b\n', 'c'], ['ab', 'c']],
    ['several lines in a part, and empty ones', ['a\n\nb\n'], ['a', '', 'b']],
    ['line ends of Windows, also in two parts', ['a\r\nb\r', '\nc'], ['a', 'b', 'c']],
    ['a progress bar', ['  0%|    |\r', ' 50%|##  |\r', '100%|####|\n', 'done\n'], ['100%|####|', 'done']],
    ['a shorter text after a carriage return', ['abcdef\rxy'], ['xycdef']],
    ['backspaces', ['abc\b\bX'], ['aXc']],
    ['an erased line', ['loading\r\x1b[Kok\n'], ['ok']],
    ['an erased line, without a carriage return', ['abc\x1b[2K\rx'], ['x']],
    ['erased to the start', ['abcd\x1b[2D\x1b[1KX'], ['  Xd']],
    ['two progress bars', ['a 0%\nb 0%\x1b[A\ra 9%\n\rb 9%\n'], ['a 9%', 'b 9%']],
    ['rows that are erased below', ['one\ntwo\nthree\x1b[2F\x1b[J1\n2\n'], ['1', '2', '']],
    ['a column', ['abc\x1b[1GX\x1b[6GY'], ['Xbc  Y']],
    ['half of an emoji that is overwritten', ['\u{1f680}b\rx'], ['x b']],
    ['clearing the screen removes nothing', ['a\n\x1b[2J\x1b[Hb\n'], ['a', 'b']],
    ['the cursor does not leave the log', ['a\x1b[99Ab\x1b[99Dc\x1b[9Bd'], ['cb', ' d']],
  ])('%s', (_title, parts, expected) => {
    expect(written(...parts)).toEqual(expected);
    expect(written(...parts.join(''))).toEqual(expected);
  });

  test('stdout and stderr do not break each other, and a line has the time of its start', () => {
    const store = createLogStore();
    store.append([
      { stream: 'stderr', time: 1, data: ' 10%' },
      { stream: 'stdout', time: 2, data: 'step 1\n' },
      { stream: 'stderr', time: 3, data: '\r 20%' },
      { stream: 'stdout', time: 4, data: 'step 2\n' },
    ]);
    expect(store.lines.map(({ stream, time, text }) => [stream, time, text])).toEqual([
      ['stderr', 1, ' 20%'],
      ['stdout', 2, 'step 1'],
      ['stdout', 4, 'step 2'],
    ]);
  });
});

describe('sequences that are not for a log', () => {
  test.each([
    ['titles', '\x1b]0;root@host\x07a', 'a'],
    ['links keep their text', '\x1b]8;;javascript:alert(1)\x1b\\here\x1b]8;;\x1b\\', 'here'],
    ['the clipboard', '\x1b]52;c;cm0gLXJm\x07a', 'a'],
    ['strings of devices', '\x1bP1$r0m\x1b\\\x1b_x\x1b\\\x1b^y\x1b\\a', 'a'],
    ['modes and character sets', '\x1b[?25l\x1b[?1049h\x1b(B\x1b=a\x1b[>4;2ma', 'aa'],
    ['control characters', 'a\x00b\x0c\x7f\x9bc', 'a\u2400b\u240c\u2421<U+009B>c'],
    ['the direction of text', 'ab\u202Ecd\u2066', 'ab<U+202E>cd<U+2066>'],
    ['HTML', '<img src=x onerror=alert(1)>&lt;', '<img src=x onerror=alert(1)>&lt;'],
    ['a title that never ends hides nothing', '\x1b]0;all that follows', '\u241b]0;all that follows'],
    ['a title that is too long hides nothing', `\x1b]0;${'x'.repeat(5000)}\x07`, `\u241b]0;${'x'.repeat(5000)}`],
    ['a sequence that is cut off', 'a\x1b[3', 'a\u241b[3'],
    ['a sequence that is none', 'a\x1b[\u00e9', 'a\u241b[\u00e9'],
  ])('%s', (_title, data, expected) => {
    expect(ansiLines(data)[0]!.text).toBe(expected);
  });

  test('a title ends with its line', () => {
    expect(written('\x1b]0;secret\nnext\n')).toEqual(['\u241b]0;secret', 'next']);
  });

  test('sequences may be split anywhere', () => {
    const data = '\x1b[31mred\x1b[0m \x1b]0;title\x1b\\\x1b[1mbold';
    const store = createLogStore();
    for (const character of data) store.append([{ stream: 'stdout', time: 0, data: character }]);
    expect(store.lines[0]).toEqual(ansiLines(data)[0]);
    expect(store.lines[0]!.text).toBe('red bold');
  });
});

describe('styles', () => {
  test.each([
    [
      '\x1b[31mred\x1b[0m plain',
      [
        ['red', 'log-fg-2'],
        [' plain', ''],
      ],
    ],
    ['\x1b[1;4;91mx', [['x', 'log-fg-10 log-bold log-underline']]],
    [
      '\x1b[32;44mx\x1b[39my\x1b[49mz',
      [
        ['x', 'log-fg-3 log-bg-5'],
        ['y', 'log-bg-5'],
        ['z', ''],
      ],
    ],
    ['\x1b[7mx', [['x', 'log-bg-9']]],
    [
      '\x1b[31;7mx\x1b[27my',
      [
        ['x', 'log-bg-2'],
        ['y', 'log-fg-2'],
      ],
    ],
    ['\x1b[8mhidden\x1b[5mblinking', [['hiddenblinking', '']]],
    [
      '\x1b[38;5;196mx\x1b[38;5;244my',
      [
        ['x', 'log-fg-10'],
        ['y', 'log-fg-8'],
      ],
    ],
    ['\x1b[38;2;0;90;0mx', [['x', 'log-fg-3']]],
    [
      '\x1b[38:2::250:240:20mx\x1b[38:5:4my',
      [
        ['x', 'log-fg-12'],
        ['y', 'log-fg-5'],
      ],
    ],
    [
      '\x1b[38;5mx\x1b[38;2;999;0;0my\x1b[38;9mz\x1b[;31mr',
      [
        ['xyz', ''],
        ['r', 'log-fg-2'],
      ],
    ],
    [
      '\x1b[4:3mx\x1b[4:0my',
      [
        ['x', 'log-underline'],
        ['y', ''],
      ],
    ],
    [
      '\x1b[31mabc\rx\x1b[0my',
      [
        ['x', 'log-fg-2'],
        ['y', ''],
        ['c', 'log-fg-2'],
      ],
    ],
  ])('%j', (text, expected) => {
    expect(styled(text)).toEqual(expected);
  });

  test('a style lasts over lines', () => {
    const lines = ansiLines('\x1b[33ma\nb\x1b[0mc\n');
    expect(lines.map(({ runs }) => runs)).toEqual([[{ start: 0, end: 1, style: 4 }], [{ start: 0, end: 1, style: 4 }]]);
  });
});

test('text is split by styles and matches', () => {
  const line = ansiLines('ab\x1b[31mcdef\x1b[0mgh')[0]!;
  const parts = toSegments(
    line.text,
    line.runs,
    [
      [1, 4],
      [6, 7],
    ],
    1,
    7,
  );
  expect(parts.map(({ text, style, match }) => [text, style, match])).toEqual([
    ['b', 0, 0],
    ['cd', 2, 0],
    ['ef', 2, undefined],
    ['g', 0, 1],
  ]);
});

test('a line with many colors, and one that is written in many parts, take time in proportion to their length', () => {
  function write(parts: number): void {
    const store = createLogStore();
    store.append([{ stream: 'stdout', time: 0, data: '\x1b[31mx\x1b[32my'.repeat(parts) }]);
    store.append(Array.from({ length: parts }, () => ({ stream: 'stderr' as const, time: 0, data: '.' })));
    expect(store.lines.map(({ text }) => text.length)).toEqual([2 * parts, parts]);
  }
  expect(growth(write, 1000)).toBeLessThan(proportional);
});
