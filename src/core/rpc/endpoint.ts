import { ValidationError } from '../errors.ts';
import { redact } from '../redact.ts';
import { parseWebUrl } from '../web-url.ts';
import type { KaggleEnvironment } from './client.ts';

/** What KAGGLE_API_ENVIRONMENT's values stand for (kagglesdk, kaggle_env). */
const origins: Record<KaggleEnvironment, string> = {
  PROD: 'https://api.kaggle.com',
  LOCALHOST: 'http://localhost',
  TEST: 'http://localhost:7777',
  STAGING: 'https://staging.kaggle.com',
  ADMIN: 'https://admin.kaggle.com',
  QA: 'https://qa.kaggle.com',
};

/** Reads the name of an environment in any case; throws `ValidationError` for one that does not exist. */
export function parseEnvironment(name: string): KaggleEnvironment {
  const upper = name.trim().toUpperCase();
  if (Object.hasOwn(origins, upper)) return upper as KaggleEnvironment;
  throw new ValidationError(
    `environment must be one of ${Object.keys(origins).join(', ')}, not ${JSON.stringify(name)}`,
  );
}

/**
 * The base address of the RPCs, without a slash at the end. Only api.kaggle.com has no `/api` in its path. A path is one of
 * the page's own origin.
 */
export function resolveBaseUrl(endpoint: string | URL | undefined, environment: KaggleEnvironment): string {
  const text = String(endpoint ?? origins[environment]);
  const url = parseWebUrl(text, text.startsWith('/') ? globalThis.location?.origin : undefined);
  if (!url) {
    const hint = parseWebUrl(`http://${text}`)
      ? 'put http:// or https:// before it'
      : 'write one such as http://localhost:7777';
    throw new ValidationError(`endpoint ${JSON.stringify(redact(text))} is not a web address: ${hint}`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new ValidationError('endpoint must be a web address without password, query or fragment');
  }
  const path = url.pathname.replace(/\/+$/, '');
  return url.origin + (path || (url.hostname === 'api.kaggle.com' ? '/v1' : '/api/v1'));
}
