import { transliterate } from './transliterate.ts';

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', apos: "'" };

function character(code: number): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/**
 * Returns the slug that Kaggle derives from a title: lower-case ASCII letters and digits, with one `-` for each run of other
 * characters, but none at the ends. Other scripts are transliterated, and a title without any letter or digit has an empty slug.
 *
 * @example
 * ```ts
 * import { slugify } from 'kaggle-ts/kernels';
 *
 * slugify('Straße 2: a first look'); // 'strasse-2-a-first-look'
 * ```
 */
export function slugify(title: string): string {
  // The order of the steps is that of python-slugify's defaults, which the official client uses: a typed apostrophe becomes a `-`; one
  // from transliteration (a curly one, a soft sign) is removed, and so is the comma in `1,000`.
  return transliterate(title.replace(/'+/g, '-'))
    .replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/&#(\d+);/g, (_, digits: string) => character(Number(digits)))
    .replace(/&#x([\da-f]+);/gi, (_, digits: string) => character(Number.parseInt(digits, 16)))
    .normalize('NFKD')
    .toLowerCase()
    .replace(/'+/g, '')
    .replace(/(?<=\d),(?=\d)/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
