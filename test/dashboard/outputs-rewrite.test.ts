import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allowedAttributes, allowedTags, rewriteHtml } from '../../examples/dashboard/src/outputs/notebook/rewrite.ts';

const png = 'data:image/png;base64,iVBORw0KGgo=';

test.each([
  ['<p class="x" id=y style="color:red">a &lt; b</p>', '<p>a &lt; b</p>'],
  ['<TABLE BORDER=1><tr><td ColSpan=2>1<td>2</table>', '<table><tr><td colspan="2">1<td>2</table>'],
  ['a < b > c & d', 'a &lt; b &gt; c & d'],
  ['<custom-tag>text</custom-tag>', 'text'],
  ['<script>alert("<p>")</script >b', 'b'],
  ['<style>p{}</style>x<STYLE>y', 'x'],
  ['<svg><style><img src=x onerror=a></style></svg>x', 'x'],
  ['<!-- <p> -->a<!-->b<!--->c<!-- --!>d<!doctype html>e<?x?>f</ g>h', 'abcdefh'],
  ['<!-- never closed <b>', ''],
  ['<p title="a>b" align=\'"\'>x', '<p title="a&gt;b" align="&quot;">x'],
  ['<p/style="x"/align=left />y', '<p align="left">y'],
  ['<p =style=x align=a align=b>z', '<p align="a">z'],
  ['text<p align="never closed', 'text'],
  ['</p></script></br><br/>', '</p><br>'],
  [
    '<a href="https://example.org/?a=1&amp;b=2">x</a>',
    '<a href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">x</a>',
  ],
  ['<a href=javascript:alert(1)>x</a>', '<a>x</a>'],
  ['<a href="java&#115;cript:alert(1)" href=https://example.org>x</a>', '<a>x</a>'],
  [
    '<a href=" https://example.org" target=_top onclick=a>x</a>',
    '<a href="https://example.org" target="_blank" rel="noopener noreferrer nofollow">x</a>',
  ],
  ['<a href="#part">x</a><a href="//evil.example">y</a>', '<a>x</a><a>y</a>'],
  [`<img src="${png}" onerror=a width=5 srcset="https://evil.example/x 2x">`, `<img width="5" src="${png}">`],
  [
    '<img src="https://evil.example/<b>.png" alt="plot">',
    '<code>[image not loaded: plot, https://evil.example/&lt;b&gt;.png]</code>',
  ],
  ['<img>', '<code>[image not loaded: no address]</code>'],
  ['<img src="data:text/html,<script>">', '<code>[image not loaded: data:text/html,&lt;script&gt;]</code>'],
])('%s becomes %s', (html, expected) => {
  expect(rewriteHtml(html)).toBe(expected);
});

test('whatever comes in, only listed tags and quoted listed attributes come out', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '=',
    '/',
    ' ',
    '\n',
    '\0',
    '&',
    '<!--',
    '-->',
    '<p',
    '<a href=',
    '<img src=',
    'style',
    'onerror',
    'https://x',
    png,
    '<style',
    '</style>',
    '<svg>',
    '<script>',
    '</script',
    '<table>',
    '<math><mtext>',
    'x',
    '<base href=',
    '<title>',
    '<plaintext>',
    '<![CDATA[',
    ']]>',
    '<template>',
  );
  const attribute = new RegExp(`^(?: (?:${allowedAttributes.join('|')})="[^"<>]*")*$`);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const result = rewriteHtml(pieces.join(''));
      const tags = result.match(/<[^>]*>/g) ?? [];
      expect(result.replace(/<[^>]*>/g, '')).not.toMatch(/[<>\0]/);
      for (const tag of tags) {
        const [, name = '', rest = ''] = /^<\/?([^ >]+)(.*)>$/s.exec(tag) ?? [];
        expect(allowedTags).toContain(name);
        expect(rest).toMatch(attribute);
        expect(rest).not.toMatch(/ (?:href|src)="(?!https?:\/\/|data:image\/)/);
      }
      // Nothing changes the second time.
      expect(rewriteHtml(result)).toBe(result);
    }),
    { numRuns: 500 },
  );
});

test('hostile lengths take linear time: more would exceed the time limit of tests', () => {
  for (const part of ['<p ', '<!--', '<script>', '<a href="', '</', '<![CDATA[', '<textarea>']) {
    expect(rewriteHtml(part.repeat(150_000)).length).toBeLessThan(1_000_000);
  }
});
