const unreleased = '## Unreleased';

/** The part below a heading, up to the next heading of its level. */
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

/** What changed since the last release, or nothing: headings alone are no change. */
export function unreleasedPart(text: string): string | undefined {
  const part = partBelow(text, new RegExp(`^${unreleased}$`));
  return part && /^- /m.test(part) ? part : undefined;
}

/** The changelog with what was unreleased under a version and its day. */
export function releasedChangelog(text: string, version: string, day: string): string {
  return text.replace(new RegExp(`^${unreleased}$`, 'm'), `${unreleased}\n\n## ${version} - ${day}`);
}

/** What the changelog says about a version. */
export function notesOf(text: string, version: string): string | undefined {
  return partBelow(text, new RegExp(`^## ${version.replaceAll('.', '\\.')} - \\d{4}-\\d\\d-\\d\\d$`));
}
