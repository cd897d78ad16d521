import { requestStorage } from '../core/transfer/storage.ts';
import { applyRule, ruleOf } from './allow.ts';
import { ask, redirectTarget, refuseAs, requireStorage } from './ask.ts';
import type { Exchange } from './exchange.ts';
import { Refusal } from './refusal.ts';
import { relayJson, relayStream } from './relay.ts';
import type { Route } from './route.ts';

const mostHops = 5;

/** Carries out `GET kernels/logs/stream/{owner}/{slug}`. */
export async function forwardLog(exchange: Exchange, route: Route & { type: 'log' }): Promise<Response> {
  const { client, request, rules, user } = exchange;
  const { method, owner, slug, label } = route;
  const asked = { userName: owner, kernelSlug: slug, ...(label && { versionLabel: label }) };
  await applyRule(ruleOf(rules, method), method, asked, { user, request });
  const headers = { accept: 'text/event-stream, */*' };
  let url = `${client.baseUrl}/kernels/logs/stream/${owner}/${slug}${label ? `?versionLabel=${label}` : ''}`;
  let response = await ask(exchange, (signal) => client.sender()(url, { headers, redirect: 'manual', signal }));
  for (let hop = 0; ; hop++) {
    const target = redirectTarget(response, url, hop);
    if (!target) break;
    if (hop === mostHops) throw new Refusal(502, `Kaggle sent more than ${mostHops} redirects`, 'storage');
    url = requireStorage(target, exchange).href;
    response = await ask(exchange, (signal) =>
      requestStorage(client, new Request(url, { headers, redirect: 'manual', signal })),
    );
  }
  if (response.status >= 400) return refuseAs(response, exchange);
  const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
  return isStream ? relayStream(response, exchange) : relayJson(response, exchange, 'the log of a run');
}
