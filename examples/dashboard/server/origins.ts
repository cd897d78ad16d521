import { errorPage, refuse } from './replies.ts';

/** Origins of the page, such as `https://dashboard.example.com`; `undefined` for any. */
type Origins = readonly string[] | undefined;

/** Whether the browser reaches the app by https, possibly through a server that terminates TLS. */
export function isSecure(request: Request, origins: Origins): boolean {
  const { host, protocol } = new URL(request.url);
  const isHttps = protocol === 'https:' || request.headers.get('x-forwarded-proto') === 'https';
  return isHttps || (origins ?? []).includes(`https://${host}`);
}

/**
 * Refuses a host name that is not one of `origins`: a page of another site could make its own name point to this address
 * (DNS rebinding), and would then be of the same origin.
 */
export function checkHost(request: Request, origins: Origins): Response | undefined {
  const { host } = new URL(request.url);
  if (!origins || origins.some((origin) => new URL(origin).host === host)) return undefined;
  if (request.headers.get('accept')?.includes('text/html'))
    return errorPage(403, 'Another address', `The dashboard is not at this address, but at ${origins[0]}.`, origins[0]);
  const message = `the host ${JSON.stringify(host)} is not allowed; open ${origins[0]}`;
  return refuse({ status: 403, reason: 'NOT_ALLOWED', rule: 'host', message });
}

/** Refuses requests of pages of other sites. Programs that are no browser send no origin. */
export function checkOrigin(request: Request, origins: Origins): Response | undefined {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site') ?? (origin === null ? 'none' : undefined);
  const { host } = new URL(request.url);
  const isOwn = origins
    ? origin === null || origins.includes(origin)
    : site === undefined
      ? URL.canParse(origin!) && new URL(origin!).host === host
      : site === 'same-origin' || site === 'none';
  if (isOwn && site !== 'cross-site') return undefined;
  return refuse({
    status: 403,
    reason: 'NOT_ALLOWED',
    rule: 'origin',
    message: 'requests of other sites are not allowed; open the dashboard at its own address',
  });
}
