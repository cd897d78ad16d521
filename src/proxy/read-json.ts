import { parseJson } from '../core/codec/json.ts';
import type { Limits } from './limits.ts';
import { readBytes } from './read-bytes.ts';
import { Refusal } from './refusal.ts';

/** Levels of a request: deeper JSON is only made to exhaust the stack. */
const deepest = 100;

function depthOf(json: unknown, level = 0): number {
  if (typeof json !== 'object' || json === null || level > deepest) return level;
  return Object.values(json).reduce<number>((most, value) => Math.max(most, depthOf(value, level + 1)), level);
}

/** Reads the body of a call as a JSON object. Throws `Refusal` if it is too large, too slow or not JSON. */
export async function readJson(request: Request, limits: Limits): Promise<Record<string, unknown>> {
  const bytes = await readBytes(request, limits);
  let json: unknown;
  try {
    json = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, 'expected a body with JSON in UTF-8', 'body');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Refusal(400, 'expected a body with a JSON object', 'body');
  if (depthOf(json) > deepest) throw new Refusal(400, `expected JSON with at most ${deepest} levels`, 'body');
  return json as Record<string, unknown>;
}
