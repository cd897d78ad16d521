import type { RecordedRequest } from './recording.ts';
import { canonical } from './replay.ts';

/** One way in which our requests are others than the recorded ones. */
export interface Difference {
  kind: 'only theirs' | 'only ours' | 'differs' | 'not played';
  /** What was asked; for `differs` with the fields that are not the same. */
  request: string;
}

/** `POST service/Method {...}`, `PUT /upload/* bytes 0-1/2`: what stands in the table. */
function shown({ method, path, body, size, range, contentRange }: RecordedRequest): string {
  const what = `${method} ${path.replace(/^(\/upload\/).*/, '$1*')}`;
  if (method === 'POST') return `${what} ${canonical(body ?? {})}`;
  const part = [range, contentRange].filter((value) => value !== undefined).join(' ');
  const amount = method === 'PUT' && !contentRange?.startsWith('bytes */') ? `${size ?? 0} bytes` : '';
  return [what, part, amount].filter((value) => value !== '').join(' ');
}

/** The fields that are not the same: `a: 1 -> 2`, `a: 1 -> absent`. */
function changes(theirs: unknown, ours: unknown, at = ''): string[] {
  if (canonical(theirs ?? null) === canonical(ours ?? null)) return [];
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isObject(theirs) && isObject(ours)) {
    const names = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].sort();
    return names.flatMap((name) => changes(theirs[name], ours[name], at ? `${at}.${name}` : name));
  }
  const write = (value: unknown) => (value === undefined ? 'absent' : canonical(value));
  return [`${at}: ${write(theirs)} -> ${write(ours)}`];
}

const fieldsOf = ({ body, size, range, contentRange }: RecordedRequest) => ({
  ...((body as object) ?? {}),
  ...(size !== undefined && { size }),
  ...(range !== undefined && { Range: range }),
  ...(contentRange !== undefined && { 'Content-Range': contentRange }),
});

/**
 * Compares as multisets: what is equal in method, path and body is taken out, then what is left of both sides for the
 * same method and path is told as a difference of fields, and the rest as a request of one side only.
 */
export function compare(theirs: readonly RecordedRequest[], ours: readonly RecordedRequest[]): Difference[] {
  const rest = [...ours];
  const left = theirs.filter((request) => {
    const index = rest.findIndex((other) => canonical(other) === canonical(request));
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
  const result: Difference[] = [];
  for (const request of left) {
    const isQuery = ({ contentRange }: RecordedRequest) => contentRange?.startsWith('bytes */') === true;
    const index = rest.findIndex(
      (other) => other.method === request.method && other.path === request.path && isQuery(other) === isQuery(request),
    );
    if (index < 0) {
      result.push({ kind: 'only theirs', request: shown(request) });
      continue;
    }
    const [other] = rest.splice(index, 1);
    const name = `${request.method} ${request.path.replace(/^(\/upload\/).*/, '$1*')}`;
    const fields = changes(fieldsOf(request), fieldsOf(other!)).join(', ');
    result.push({ kind: 'differs', request: `${name} ${fields}` });
  }
  return [...result, ...rest.map((request): Difference => ({ kind: 'only ours', request: shown(request) }))];
}
