import { flattenParams, type Param } from './metrics.ts';

/** The text of the code cells of a notebook; another source as it is. */
function codeOf(source: string): string {
  try {
    const { cells } = JSON.parse(source) as { cells?: { source?: string | string[] }[] };
    if (Array.isArray(cells)) return cells.map(({ source = '' }) => [source].flat().join('')).join('\n');
  } catch {
    // A script.
  }
  return source;
}

/** The `params` that kaggle-ts has put into the source of a run; `undefined` if there are none. */
export function paramsOfSource(source: string): Record<string, Param> | undefined {
  const [, literal] = /os\.environ\["KAGGLE_TS_PARAMS"\] = ("(?:[^"\\\n]|\\.)*")/.exec(codeOf(source)) ?? [];
  if (literal === undefined) return undefined;
  try {
    // A string of Python that is a string of JSON, too, which contains JSON.
    return flattenParams(JSON.parse(JSON.parse(literal) as string));
  } catch {
    return undefined;
  }
}
