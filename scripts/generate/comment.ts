const width = 118;

/** A description as paragraphs: its text, and its `@deprecated`, which is also added for what the contract marks. */
export function paragraphsOf(about: string, deprecated = false): [text: string, tag: string] {
  const [, text = '', tag = ''] = /^(.*?) ?(@deprecated.*)?$/.exec(about) ?? [];
  return [text, tag || (deprecated ? '@deprecated' : '')];
}

/** A TSDoc comment of paragraphs, each wrapped; an item of a list begins with `- `. `undefined` without any text. */
export function comment(paragraphs: readonly string[], indent = ''): string | undefined {
  const given = paragraphs.filter(Boolean);
  const [first = ''] = given;
  if (given.length === 0) return undefined;
  if (given.length === 1 && first.length + indent.length + 7 <= width) return `${indent}/** ${first} */`;
  const lines = given.flatMap((paragraph, index) => {
    const isItem = /^[-@]/.test(paragraph);
    const apart = index > 0 && !(isItem && /^[-@]/.test(given[index - 1]!));
    return [...(apart ? [''] : []), ...wrap(paragraph, width - indent.length - 3, isItem ? '  ' : '')];
  });
  return [`${indent}/**`, ...lines.map((line) => `${indent} *${line && ` ${line}`}`), `${indent} */`].join('\n');
}

function wrap(text: string, length: number, hanging: string): string[] {
  const lines: string[] = [];
  let line = '';
  // A link is never broken: editors find it on one line only.
  for (const word of text.match(/\{@link [^}]*\}\S*|\S+/g) ?? []) {
    if (line && line.length + 1 + word.length > length) {
      lines.push(line);
      line = hanging + word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}
