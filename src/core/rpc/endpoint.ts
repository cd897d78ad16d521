import { invalidOption } from '../check-members.ts';
import type { Platform } from '../platform.ts';
import { redact } from '../redact.ts';
import { parseWebUrl } from '../web-url.ts';
import type { KaggleEnvironment } from './client.ts';

/** The origin for each value of KAGGLE_API_ENVIRONMENT (from kagglesdk's kaggle_env). */
const origins: Record<KaggleEnvironment, string> = {
  PROD: 'https://api.kaggle.com',
  LOCALHOST: 'http://localhost',
  TEST: 'http://localhost:7777',
  STAGING: 'https://staging.kaggle.com',
  ADMIN: 'https://admin.kaggle.com',
  QA: 'https://qa.kaggle.com',
};

/** The environment in `option`, in any case, else in KAGGLE_API_ENVIRONMENT. Throws `ValidationError` for an unknown name. */
export function findEnvironment(option: string | undefined, platform: Platform): KaggleEnvironment {
  const variable = 'KAGGLE_API_ENVIRONMENT';
  const name = option ?? (platform.env?.(variable) || 'PROD');
  const upper = name.trim().toUpperCase();
  if (Object.hasOwn(origins, upper)) return upper as KaggleEnvironment;
  const expected = Object.keys(origins).join(', ');
  throw invalidOption(
    option === undefined ? variable : 'environment',
    `expected one of ${expected}, got ${JSON.stringify(name)}`,
  );
}

/**
 * Returns the base URL of the RPCs, without a trailing slash. Only api.kaggle.com has no `/api` in its path. A path is resolved
 * against the origin of the page.
 */
export function resolveBaseUrl(endpoint: string | URL | undefined, environment: KaggleEnvironment): string {
  const text = String(endpoint ?? origins[environment]);
  const url = parseWebUrl(text, text.startsWith('/') ? globalThis.location?.origin : undefined);
  if (!url) {
    const message = `expected an http:// or https:// URL, got ${JSON.stringify(redact(text))}`;
    throw invalidOption('endpoint', message);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw invalidOption('endpoint', 'expected a URL without credentials, query or fragment');
  }
  const path = url.pathname.replace(/\/+$/, '');
  return url.origin + (path || (url.hostname === 'api.kaggle.com' ? '/v1' : '/api/v1'));
}
