/** Converts a name to a part of a slug: lower case letters, digits and single `-`. */
export function slugPart(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** Eight random characters. */
export function randomSuffix(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => (byte % 36).toString(36)).join('');
}

/** Joins the pieces to a slug of at most 50 characters. The first and the last piece are not truncated. */
export function joinSlug(first: string, middle: string, last = ''): string {
  const room = 50 - first.length - 1 - (last ? last.length + 1 : 0);
  const cut = slugPart(middle).slice(0, room).replace(/-+$/, '');
  return [first, cut, last].filter(Boolean).join('-');
}

/** A title that resolves to the slug. */
export function titleOf(slug: string): string {
  return slug.replace(/-/g, ' ');
}
