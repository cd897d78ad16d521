import { builtin, type NodeClientRequest, type NodeIncoming, type NodeRequestOptions } from './node-modules.ts';

const agents = new Map<string, object>();

/**
 * Milliseconds after which an idle connection is closed, as `fetch` does. A router may have dropped an older one, and a call that
 * must not be repeated would be lost on it.
 */
const idleTimeout = 4000;

/**
 * Starts a request with node:http or node:https. Connections are reused; idle ones do not keep the process alive, as the agent unrefs
 * them.
 */
export function startRequest(url: string, options: NodeRequestOptions): NodeClientRequest {
  const module = new URL(url).protocol === 'https:' ? 'node:https' : 'node:http';
  let agent = agents.get(module);
  if (!agent) {
    agent = new (builtin(module).Agent)({ keepAlive: true, timeout: idleTimeout });
    agents.set(module, agent);
  }
  return builtin(module).request(url, { ...options, agent });
}

export function headersOf({ rawHeaders }: NodeIncoming): Headers {
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) headers.append(rawHeaders[index]!, rawHeaders[index + 1]!);
  return headers;
}

/** Creates a `Response` with `body`, or without a body if the status or length require it. */
export function responseOf({ statusCode = 0 }: NodeIncoming, headers: Headers, body: BodyInit | null): Response {
  const bare = [204, 205, 304].includes(statusCode) || headers.get('content-length') === '0';
  return new Response(bare ? null : body, { status: statusCode, headers });
}
