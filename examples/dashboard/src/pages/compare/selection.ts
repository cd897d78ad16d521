/** A run of the comparison. */
export interface ComparedRun {
  /** `owner/slug` or `owner/slug/version`. */
  key: string;
  ref: string;
  versionNumber: number | undefined;
}

/** What the address asks for. */
export interface Selection {
  runs: ComparedRun[];
  /** A kernel of which all versions, or `versions`, are compared. */
  sweep: string | undefined;
  /** Of a sweep: whether this version belongs to the comparison. */
  includes: (version: number) => boolean;
  /** Parts of the address that are not runs. */
  invalid: string[];
}

const runPattern = /^([\w-]+)\/([\w-]+)(?:\/v?(\d+))?$/;

function readRun(text: string): ComparedRun | undefined {
  const [, owner, slug, version] = runPattern.exec(text.trim().replace(/^\/?code\//, '')) ?? [];
  if (owner === undefined || Number(version) === 0) return undefined;
  const ref = `${owner}/${slug}`;
  return {
    key: version ? `${ref}/${Number(version)}` : ref,
    ref,
    versionNumber: version ? Number(version) : undefined,
  };
}

/** Ranges such as `3-12,15` as a test; all versions for an empty text. */
function readVersions(text: string): (version: number) => boolean {
  const ranges = [...text.matchAll(/(\d+)(?:\s*-\s*(\d*))?/g)].map(([whole, from, to]) => {
    const start = Number(from);
    return [start, to ? Number(to) : whole.includes('-') ? Number.POSITIVE_INFINITY : start] as const;
  });
  return ranges.length === 0 ? () => true : (version) => ranges.some(([from, to]) => version >= from && version <= to);
}

/** Reads `?runs=alice/train/1,alice/train/2` or `?sweep=alice/train&versions=3-12`. */
export function readSelection(query: URLSearchParams): Selection {
  const parts = query.getAll('runs').flatMap((text) => text.split(/[,\s]+/).filter(Boolean));
  const found = parts.map((text) => [text, readRun(text)] as const);
  const runs = new Map(found.flatMap(([, run]) => (run ? [[run.key, run] as const] : [])));
  const asked = query.get('sweep')?.trim() || undefined;
  const sweep = asked === undefined ? undefined : readRun(asked)?.ref;
  return {
    runs: [...runs.values()],
    sweep,
    includes: readVersions(query.get('versions') ?? ''),
    invalid: [
      ...found.flatMap(([text, run]) => (run ? [] : [text])),
      ...(asked !== undefined && sweep === undefined ? [asked] : []),
    ],
  };
}

/** The versions of a kernel that a selection includes, newest `most` of them, oldest first. */
export function versionsOf(ref: string, newest: number, { includes }: Selection, most: number): ComparedRun[] {
  const versions = Array.from({ length: newest }, (_, index) => index + 1).filter(includes);
  return versions.slice(-most).map((versionNumber) => ({ key: `${ref}/${versionNumber}`, ref, versionNumber }));
}
