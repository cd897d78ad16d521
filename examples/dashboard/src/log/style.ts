/**
 * The style of a part of a line as one number: the foreground and background (0: default, 1 to 16: the ANSI colors) with 5 bits each,
 * then a bit for each flag.
 */
export type Style = number;

export const plain: Style = 0;

const flags = { bold: 1 << 10, dim: 1 << 11, italic: 1 << 12, underline: 1 << 13, strike: 1 << 14, inverse: 1 << 15 };
const all = Object.values(flags).reduce((sum, flag) => sum | flag, 0);

const withForeground = (style: Style, color: number): Style => (style & ~31) | color;
const withBackground = (style: Style, color: number): Style => (style & ~(31 << 5)) | (color << 5);

/** The ANSI color (1 to 16) that is most like an RGB color: the theme decides how it looks, so that text stays readable. */
export function nearestColor(red: number, green: number, blue: number): number {
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  const lightness = (most + least) / 2;
  // Grays: black, bright black, white, bright white.
  if (most - least < 40) return [1, 9, 8, 16][Math.min(3, lightness >> 6)]!;
  const middle = (most + least) / 2;
  const hue = (red > middle ? 1 : 0) + (green > middle ? 2 : 0) + (blue > middle ? 4 : 0);
  return 1 + hue + (lightness > 127 ? 8 : 0);
}

/** The ANSI color for an index of the palette of 256 colors. */
function paletteColor(index: number): number {
  if (index < 16) return index + 1;
  if (index > 231) return nearestColor(...(Array(3).fill(8 + 10 * (index - 232)) as [number, number, number]));
  const part = (divisor: number) => [0, 95, 135, 175, 215, 255][Math.floor((index - 16) / divisor) % 6]!;
  return nearestColor(part(36), part(6), part(1));
}

const isByte = (value: number | undefined): value is number => value !== undefined && value >= 0 && value <= 255;

/** The color after 38 or 48; `length` is the number of parameters that it takes. */
function extendedColor(parts: readonly number[]): { color: number | undefined; length: number } {
  const [kind, ...rest] = parts;
  if (kind === 5) return { color: isByte(rest[0]) ? paletteColor(rest[0]) : undefined, length: 2 };
  const [red, green, blue] = rest;
  const isColor = kind === 2 && isByte(red) && isByte(green) && isByte(blue);
  return { color: isColor ? nearestColor(red, green, blue) : undefined, length: kind === 2 ? 4 : 1 };
}

/** The flags that a code sets or clears. Hidden and blinking text is shown as usual. */
const set: Record<number, number> = {
  1: flags.bold,
  2: flags.dim,
  3: flags.italic,
  4: flags.underline,
  7: flags.inverse,
  9: flags.strike,
  21: flags.underline,
};
const cleared: Record<number, number> = {
  22: flags.bold | flags.dim,
  23: flags.italic,
  24: flags.underline,
  27: flags.inverse,
  29: flags.strike,
};

/** The style after the sequence `ESC [ parameters m` (Select Graphic Rendition). Ignores what it does not know. */
export function applySgr(before: Style, parameters: string): Style {
  let style = before;
  const groups = parameters.split(';');
  for (let at = 0; at < groups.length; at++) {
    const [code = 0, ...sub] = groups[at]!.split(':').map(Number);
    if (code === 38 || code === 48) {
      // With colons: 38:5:n, 38:2:r:g:b, or 38:2:space:r:g:b.
      const own = sub[0] === 2 && sub.length > 4 ? [2, ...sub.slice(2)] : sub;
      const { color, length } = extendedColor(own.length > 0 ? own : groups.slice(at + 1, at + 5).map(Number));
      if (own.length === 0) at += length;
      if (color !== undefined) style = code === 38 ? withForeground(style, color) : withBackground(style, color);
    } else if (code === 0) style = plain;
    else if (code === 4 && sub[0] === 0) style &= ~flags.underline;
    else if (set[code]) style |= set[code];
    else if (cleared[code]) style &= ~cleared[code];
    else if (code >= 30 && code <= 37) style = withForeground(style, code - 29);
    else if (code === 39) style = withForeground(style, 0);
    else if (code >= 40 && code <= 47) style = withBackground(style, code - 39);
    else if (code === 49) style = withBackground(style, 0);
    else if (code >= 90 && code <= 97) style = withForeground(style, code - 81);
    else if (code >= 100 && code <= 107) style = withBackground(style, code - 91);
  }
  return style;
}

/** The class names of a style; see colors.css. */
export function classesOf(style: Style): string {
  const colors = [style & 31, (style >> 5) & 31];
  // Inverse text without colors has a gray background.
  const [foreground = 0, background = 0] = style & flags.inverse ? [colors[1], colors[0] || 9] : colors;
  const names = Object.entries(flags).filter(([name, flag]) => style & flag & all && name !== 'inverse');
  return [
    ...(foreground ? [`log-fg-${foreground}`] : []),
    ...(background ? [`log-bg-${background}`] : []),
    ...names.map(([name]) => `log-${name}`),
  ].join(' ');
}
