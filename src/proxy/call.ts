import { introspectToken } from '../core/auth/identity.ts';
import { methodPath } from '../core/rpc/method.ts';
import { applyRule, ruleOf } from './allow.ts';
import { ask, redirectTarget, refuseAs, requireStorage } from './ask.ts';
import { type Exchange, hiding } from './exchange.ts';
import { checkFileSize } from './limits.ts';
import { partHeadersOf } from './part-headers.ts';
import { readJson } from './read-json.ts';
import { relayFile, relayJson, relayStream } from './relay.ts';
import { jsonResponse, redirectResponse } from './responses.ts';
import { openRequest } from './rewrite.ts';
import { transferUrl } from './route.ts';

/** Whether a method returns a file, or redirects to one. */
const returnsFile = (method: string) => /\/(?:Download|Export)\w*$/.test(method);

/** Carries out `POST {service}/{method}`. */
export async function forwardCall(exchange: Exchange, method: string): Promise<Response> {
  const { client, request, rules, user, base, addresses, limits } = exchange;
  const rule = ruleOf(rules, method);
  const json = await readJson(request, limits);
  await applyRule(rule, method, json, { user, request });
  checkFileSize(json.contentLength, limits);
  if (method === methodPath(introspectToken)) {
    // The token is on the server; a page cannot ask about another one.
    const { active, username, userId } = await client.introspect({ signal: request.signal, retry: 0 });
    return jsonResponse(JSON.stringify({ active, username, userId }));
  }
  const opened = await openRequest(json, addresses, user);
  const body = JSON.stringify(opened.json);
  const reply = hiding(exchange, opened.tokens);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (returnsFile(method)) Object.assign(headers, partHeadersOf(request), { 'accept-encoding': 'identity' });
  const url = `${client.baseUrl}/${method}`;
  const response = await ask(exchange, (signal) =>
    client.sender()(url, { method: 'POST', headers, body, redirect: 'manual', signal }),
  );
  if (response.status >= 400) return refuseAs(response, reply);
  const target = redirectTarget(response, url, 0);
  if (target) {
    const address = requireStorage(target, exchange).href;
    return redirectResponse(transferUrl(base, await addresses.seal('download', address, user)));
  }
  const type = response.headers.get('content-type') ?? '';
  if (/^text\/event-stream\b/i.test(type)) return relayStream(response, reply);
  const isFile = returnsFile(method) && (!/^application\/json\b/i.test(type) || isStored(response));
  return isFile ? relayFile(response, reply) : relayJson(response, reply, method);
}

/** Whether a response is a stored file: errors of the API, which are JSON, have neither of these headers. */
function isStored({ headers }: Response): boolean {
  return headers.has('etag') || headers.has('x-goog-hash');
}
