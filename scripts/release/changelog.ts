const unreleased = '## Unreleased';

/** Returns the text below a heading, up to the next heading of its level. */
function partBelow(text: string, heading: RegExp): string | undefined {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => heading.test(line));
  if (start < 0) return undefined;
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith('## '));
  return lines
    .slice(start + 1, length < 0 ? undefined : start + 1 + length)
    .join('\n')
    .trim();
}

/** Returns the unreleased changes, or undefined if there are none. Headings alone do not count. */
export function unreleasedPart(text: string): string | undefined {
  const part = partBelow(text, new RegExp(`^${unreleased}$`));
  return part && /^- /m.test(part) ? part : undefined;
}

/** Returns the changelog with the unreleased changes below a heading for `version`. */
export function releasedChangelog(text: string, version: string, day: string): string {
  return text.replace(new RegExp(`^${unreleased}$`, 'm'), `${unreleased}\n\n## ${version} - ${day}`);
}

/** Returns the changes of a version. */
export function notesOf(text: string, version: string): string | undefined {
  return partBelow(text, new RegExp(`^## ${version.replaceAll('.', '\\.')} - \\d{4}-\\d\\d-\\d\\d$`));
}
