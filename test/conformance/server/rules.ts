import type { Answer, Seen } from '../control.ts';
import { alter } from './alter.ts';

type Armed = Answer & { left: number; pass: number };

/** The answers that cases asked for, in front of the emulator, and what was asked of it. */
export interface Rules {
  add(rule: Answer): void;
  clear(): void;
  readonly seen: Seen[];
  /** Records the request, and answers it by the rule for it, or as `genuine` does. */
  apply(
    place: Seen['place'],
    request: Request,
    allowOrigin: string,
    genuine: (request: Request) => Promise<Response>,
  ): Promise<Response>;
}

function fits(rule: Armed, place: Seen['place'], method: string, path: string): boolean {
  return (
    rule.left > 0 &&
    (rule.place ?? 'api') === place &&
    (rule.method === undefined || rule.method === method) &&
    (rule.path === undefined || path.endsWith(rule.path))
  );
}

async function record(place: Seen['place'], request: Request): Promise<Seen> {
  const { pathname, search } = new URL(request.url);
  const seen: Seen = {
    place,
    method: request.method,
    path: pathname,
    query: search,
    headers: Object.fromEntries(request.headers),
  };
  if (request.headers.get('content-type')?.includes('json') && request.body) {
    seen.text = await request.clone().text();
    try {
      seen.json = JSON.parse(seen.text);
    } catch {
      seen.json = undefined;
    }
  }
  return seen;
}

function respond(rule: Answer, allowOrigin: string): Response {
  const status = rule.status ?? 200;
  const text = typeof rule.body === 'string' ? rule.body : rule.body === undefined ? null : JSON.stringify(rule.body);
  const headers = new Headers({
    'content-type': typeof rule.body === 'string' ? 'text/html' : 'application/json',
    'access-control-allow-origin': allowOrigin,
    'access-control-expose-headers': '*',
    ...rule.headers,
  });
  return new Response(status === 204 || status === 304 ? null : text, { status, headers });
}

export function createRules(): Rules {
  let rules: Armed[] = [];
  let seen: Seen[] = [];
  return {
    add(rule) {
      rules.push({ ...rule, left: rule.times ?? 1, pass: rule.after ?? 0 });
    },
    clear() {
      rules = [];
      seen = [];
    },
    get seen() {
      return seen;
    },
    async apply(place, request, allowOrigin, genuine) {
      const item = await record(place, request);
      seen.push(item);
      if (request.method === 'OPTIONS') return genuine(request);
      const rule = rules.find((candidate) => fits(candidate, place, item.method, item.path));
      if (!rule) return genuine(request);
      if (rule.pass > 0) {
        rule.pass--;
        return genuine(request);
      }
      rule.left--;
      if (rule.delay) await new Promise((resolve) => setTimeout(resolve, rule.delay));
      if (rule.genuine || rule.flip !== undefined) return alter(rule, await genuine(request));
      // An answer before the body was read would break the connection of some clients: not what is meant here.
      await request.arrayBuffer();
      // After a redirect from one origin to another a browser says that the origin is "null".
      return alter(rule, respond(rule, request.headers.get('origin') === 'null' ? 'null' : allowOrigin));
    },
  };
}
