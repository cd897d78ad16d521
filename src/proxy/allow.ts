import { ValidationError } from '../core/errors.ts';
import { Refusal } from './refusal.ts';
import type { Allow, AllowRule, ProxyContext } from './types.ts';

const isName = (name: string) => /^[A-Za-z]\w*(?:\.\w+)+\/[A-Za-z]\w*$/.test(name);

/** Copies a table of rules, so that later changes have no effect. Throws `ValidationError` if it is invalid. */
export function checkAllow(allow: unknown): ReadonlyMap<string, AllowRule> {
  const fail = (message: string): never => {
    throw new ValidationError(`createProxy: allow: ${message}`, [{ path: 'allow', message }]);
  };
  if (typeof allow !== 'object' || allow === null || Array.isArray(allow))
    fail("expected an object of methods, such as readOnly or { 'datasets.DatasetApiService/GetDataset': true }");
  const rules = new Map<string, AllowRule>();
  for (const [name, rule] of Object.entries(allow as Allow)) {
    if (!isName(name))
      fail(`expected names such as 'datasets.DatasetApiService/GetDataset', got ${JSON.stringify(name)}`);
    if (typeof rule !== 'boolean' && typeof rule !== 'function')
      fail(`${name}: expected true, false or a function, got ${rule === null ? rule : `a ${typeof rule}`}`);
    rules.set(name, rule);
  }
  return rules;
}

/** The rule of a method. Throws `Refusal` if there is none. */
export function ruleOf(rules: ReadonlyMap<string, AllowRule>, method: string): Exclude<AllowRule, false> {
  const rule = rules.get(method) ?? false;
  if (rule !== false) return rule;
  throw new Refusal(403, `${method} is not allowed by this proxy; its option allow does not list it`, 'allow');
}

/**
 * The name of a field in a request that the server may read as another: not in camel case, or the same as another field in other
 * letters. A rule would see one value, and the server use the other.
 */
function ambiguousField(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(json)) {
    const plain = name.toLowerCase();
    if (!Array.isArray(json) && (!/^[a-z][A-Za-z0-9]*$/.test(name) || seen.has(plain))) return name;
    seen.add(plain);
    const inside = ambiguousField(value);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** Applies the rule of a method to a request. Throws `Refusal` with the reason if it is refused. */
export async function applyRule(
  rule: Exclude<AllowRule, false>,
  method: string,
  request: unknown,
  context: ProxyContext,
): Promise<void> {
  if (rule === true) return;
  const field = ambiguousField(request);
  if (field !== undefined)
    throw new Refusal(
      400,
      `${method}: expected field names in camel case, each once, got ${JSON.stringify(field.slice(0, 100))}`,
      'allow',
    );
  const verdict: unknown = await rule(request, context);
  if (verdict === true) return;
  const reason = typeof verdict === 'string' && verdict ? verdict : 'its rule in the option allow refused the request';
  throw new Refusal(403, `${method} is not allowed by this proxy: ${reason}`, 'allow');
}
