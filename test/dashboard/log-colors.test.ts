import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../../examples/dashboard/src/log/colors.css', import.meta.url), 'utf8');
const colors = [...css.matchAll(/--log-([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)];

/** Relative luminance of a color, as WCAG 2 defines it. */
function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test.each([
  ['light', 2],
  ['dark', 3],
])('each color of text can be read on each background in the %s theme', (_theme, column) => {
  const isBackground = (name: string) => /^(?:back|match|current)/.test(name);
  const texts = colors.filter(([, name]) => !isBackground(name!));
  const backgrounds = colors.filter(([, name]) => isBackground(name!));
  expect([texts.length, backgrounds.length]).toEqual([17, 19]);
  const poor = texts.flatMap((text) =>
    backgrounds.flatMap((background) => {
      const [dark, light] = [text, background].map((color) => luminance(color[column]!)).sort((a, b) => a - b);
      const contrast = (light! + 0.05) / (dark! + 0.05);
      return contrast < 4.5 ? [`${text[1]} on ${background[1]}: ${contrast.toFixed(2)}`] : [];
    }),
  );
  expect(poor).toEqual([]);
});
