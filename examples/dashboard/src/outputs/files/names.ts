/** Characters that would hide, reorder or break a name: controls, bidirectional marks, invisible characters, lone surrogates. */
const deceptive = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?!\ufe0f)\p{Default_Ignorable_Code_Point}/gu;

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Returns `name` with deceptive characters as escapes (`\u202e`), so that a name looks like what it is. */
export function visibleName(name: string): string {
  return name.replace(deceptive, escapeCharacter);
}

/** Returns the last segment of a path with `/`; the whole text if that is empty. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/', path.length - 2) + 1) || path;
}

/** Returns the extension of a path in lower case, without its dot; empty if there is none. */
export function extensionOf(path: string): string {
  return /[^/]\.([^./]{1,12})$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

/** Longest name, in UTF-16 units, that a saved file gets; file systems allow 255 bytes. */
const longestSaved = 80;

/** Returns a name for a file that the browser saves: one segment, without deceptive or reserved characters. */
export function savedName(path: string): string {
  const plain = baseName(path)
    .replace(deceptive, '_')
    .replace(/[\\/:*?"<>|]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  if (plain.length <= longestSaved) return plain || 'file';
  const dot = plain.lastIndexOf('.');
  const extension = dot > 0 && plain.length - dot <= 12 ? plain.slice(dot) : '';
  return (
    plain
      .slice(0, longestSaved - extension.length)
      .toWellFormed()
      .replaceAll('\ufffd', '') + extension
  );
}
