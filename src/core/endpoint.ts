import type { KaggleEnvironment } from './client.ts';
import { ValidationError } from './errors.ts';

/** What KAGGLE_API_ENVIRONMENT's values stand for (kagglesdk, kaggle_env). */
const origins: Record<KaggleEnvironment, string> = {
  PROD: 'https://api.kaggle.com',
  LOCALHOST: 'http://localhost',
  TEST: 'http://localhost:7777',
  STAGING: 'https://staging.kaggle.com',
  ADMIN: 'https://admin.kaggle.com',
  QA: 'https://qa.kaggle.com',
};

function isEnvironment(name: string): name is KaggleEnvironment {
  return Object.hasOwn(origins, name);
}

/** Reads the name of an environment in any case; throws `ValidationError` for one that does not exist. */
export function parseEnvironment(name: string): KaggleEnvironment {
  const upper = name.trim().toUpperCase();
  if (isEnvironment(upper)) return upper;
  throw new ValidationError(`unknown environment "${name}": one of ${Object.keys(origins).join(', ')}`);
}

/** Whether a server of this environment stands behind the IAP proxy, which wants a token of its own. */
export function needsIap(environment: KaggleEnvironment): boolean {
  return environment === 'STAGING' || environment === 'ADMIN';
}

/** The base address of the RPCs, without a slash at the end. Only api.kaggle.com has no `/api` in its path. */
export function resolveBaseUrl(endpoint: string | undefined, environment: KaggleEnvironment): string {
  const text = endpoint ?? origins[environment];
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ValidationError(`endpoint is not an address: "${text}"`);
  }
  if (!/^https?:$/.test(url.protocol)) throw new ValidationError(`endpoint must be http or https: "${text}"`);
  if (url.username || url.password || url.search || url.hash) {
    throw new ValidationError('endpoint must be an origin and at most a path: no password, query or fragment');
  }
  const path = url.pathname.replace(/\/+$/, '');
  return url.origin + (path || (url.hostname === 'api.kaggle.com' ? '/v1' : '/api/v1'));
}
