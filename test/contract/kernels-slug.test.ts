import { describe, expect, it } from 'vitest';
import { slugify } from '../../src/core/slug/slugify.ts';

/** Titles and what python-slugify 9.2.0 (with text-unidecode) makes of them. */
const rows: [string, string][] = [
  ['My Kernel One', 'my-kernel-one'],
  ["don't stop", 'don-t-stop'],
  ['don’t stop', 'dont-stop'],
  ["a'b''c", 'a-b-c'],
  ['1,000 things, 1,a 1,2,3', '1000-things-1-a-123'],
  ['Café Münster', 'cafe-munster'],
  ['Straße ÆØÅ æøå Łódź Ďábel', 'strasse-aeoa-aeoa-lodz-dabel'],
  ['Tiếng Việt', 'tieng-viet'],
  ['İstanbul ılık', 'istanbul-ilik'],
  ['Привет мир', 'privet-mir'],
  ['съезд объём Ёлка ещё Щука', 'sezd-obem-elka-eshche-shchuka'],
  ['Київ ґ є ї', 'kiiv-g-ie-i'],
  ['Ελληνικά Ἀθῆναι', 'ellenika-athenai'],
  ['C++ & Python!', 'c-python'],
  ['--a--', 'a'],
  ['a&amp;b &#381;x', 'a-b-z-x'],
  ['a_b • hello – world…', 'a-b-hello-world'],
  ['ﬁne ﬃ x² + ½', 'fine-ffi-x2-1-2'],
  ['™ © ® €100 50°C 100%', 'tm-c-r-eur100-50degc-100'],
  ['“quoted” fooBar2', 'quoted-foobar2'],
  ['þorn Ð ð № 5', 'thorn-d-d-no-5'],
];

describe('the slug of a title', () => {
  for (const [title, slug] of rows) it(`${title} -> ${slug}`, () => expect(slugify(title)).toBe(slug));
});
