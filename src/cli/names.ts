/** A piece of a slug out of any name: lower case letters, digits and single `-`. */
export function slugPart(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** Eight characters that no other run of this program has. */
export function randomSuffix(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => (byte % 36).toString(36)).join('');
}

/** A slug of at most 50 characters of the pieces; the first and the last are kept whole. */
export function joinSlug(first: string, middle: string, last = ''): string {
  const room = 50 - first.length - 1 - (last ? last.length + 1 : 0);
  const cut = slugPart(middle).slice(0, room).replace(/-+$/, '');
  return [first, cut, last].filter(Boolean).join('-');
}

/** A title that resolves to the slug. */
export function titleOf(slug: string): string {
  return slug.replace(/-/g, ' ');
}
