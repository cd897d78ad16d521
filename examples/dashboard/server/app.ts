import type { KaggleClient } from 'kaggle-ts';
import { type Allow, createProxy, type ProxyEvent, type ProxyLimits, runJobs } from 'kaggle-ts/proxy';
import { withSecurityHeaders } from './headers.ts';
import { checkHost, checkOrigin, isSecure } from './origins.ts';
import { errorPage, refuse } from './replies.ts';
import { createSessions } from './session.ts';
import { createSignIn } from './sign-in.ts';

/** Options of `createApp`. */
export interface AppOptions {
  /** Makes the requests to Kaggle. Everybody who signs in acts with its account, within `allow`. */
  client: KaggleClient;
  /** Responds with a file of the built page, or with status 404. Receives GET and HEAD requests. */
  files: (request: Request) => Response | Promise<Response>;
  /**
   * Password of the dashboard, at least 12 characters.
   * @default none: `origins` is required, and everybody who can reach them is signed in. For development only.
   */
  password?: string | undefined;
  /** Origins at which the page is opened, such as `https://dashboard.example.com`. @default any */
  origins?: readonly string[] | undefined;
  /**
   * Random text of at least 32 characters, which signs sessions and encrypts the addresses of transfers.
   * @default Derived from the API token. Pass one if the token changes, or for a username and key.
   */
  secret?: string | undefined;
  /** Duration of a session in seconds. @default 43200 (12 hours) */
  sessionSeconds?: number | undefined;
  /** Methods that the page may call. @default `runJobs` of `kaggle-ts/proxy` */
  allow?: Allow | undefined;
  /**
   * Limits of the proxy, which count for all sessions together.
   * @default those of the proxy, with 6000 requests per minute and 256 at the same time: uploads of many files, and logs in
   * several tabs
   */
  limits?: ProxyLimits | undefined;
  /** Receives one event per request to Kaggle, for logs. */
  onEvent?: ((event: ProxyEvent) => void) | undefined;
  /** The clock of sessions, in milliseconds since 1970. @default `Date.now` */
  now?: (() => number) | undefined;
}

/** The server of the dashboard. `info` has the network address of the client as `address`, if the runtime knows it. */
export type App = (request: Request, info?: unknown) => Promise<Response>;

/** All sessions are of this user of the proxy, so that transfers resume after signing in again. */
const user = 'dashboard';

const expired = (): Response =>
  refuse({
    status: 401,
    reason: 'SESSION_EXPIRED',
    rule: 'session',
    message: 'the session has expired; sign in again',
  });

function checkOptions({ password, origins }: AppOptions): void {
  if (password === undefined && !origins?.length)
    throw new Error('createApp: password is missing; without one, origins must name the addresses of the page');
  if (password !== undefined && password.length < 12)
    throw new Error(`createApp: expected a password of at least 12 characters, got ${password.length}`);
}

/** Sets how long browsers keep a file: names of assets contain a hash of their content. */
function withCaching(response: Response, pathname: string): Response {
  const found = new Response(response.body, response);
  const isAsset = pathname.startsWith('/assets/');
  found.headers.set('cache-control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache');
  return found;
}

/**
 * Creates the server of the dashboard: a function from requests to responses. It serves the page, the session at
 * `/session`, and Kaggle at `/kaggle`.
 *
 * @throws If an option is invalid.
 */
export function createApp(options: AppOptions): App {
  checkOptions(options);
  const { client, files, password, origins, secret, sessionSeconds = 43_200, now = Date.now } = options;
  const sessions =
    password === undefined
      ? undefined
      : createSessions({
          password,
          seconds: sessionSeconds,
          now,
          async secret() {
            if (secret !== undefined) return secret;
            await client.requireCredential('dashboard');
            return (await client.secrets()).join('\n');
          },
        });
  const signIn = createSignIn(sessions, now);
  const proxy = createProxy({
    client,
    allow: options.allow ?? runJobs,
    authorize: async (request) =>
      !sessions || (await sessions.find(request, isSecure(request, origins))) ? { user } : expired(),
    origins,
    secret,
    limits: { requestsPerMinute: 6000, concurrent: 256, ...options.limits },
    onEvent: options.onEvent,
  });

  async function serveFile(request: Request, pathname: string): Promise<Response> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      await request.body?.cancel();
      return refuse({
        status: 405,
        reason: 'INVALID_ARGUMENT',
        rule: 'method',
        message: `${request.method} is not allowed for ${JSON.stringify(pathname)}; use GET`,
        headers: { allow: 'GET, HEAD' },
      });
    }
    const response = await files(request);
    if (response.status !== 404) return withCaching(response, pathname);
    await response.body?.cancel();
    return errorPage(404, 'Page not found', 'There is no file at this address.');
  }

  async function respond(request: Request, info: unknown): Promise<Response> {
    const { pathname } = new URL(request.url);
    const refused = checkHost(request, origins);
    if (refused) return refused;
    if (pathname === '/kaggle' || pathname.startsWith('/kaggle/')) return proxy.fetch(request, info);
    if (pathname !== '/session') return serveFile(request, pathname);
    return checkOrigin(request, origins) ?? signIn(request, isSecure(request, origins), info);
  }

  return async (request, info) => {
    let response: Response;
    try {
      response = await respond(request, info);
    } catch (error) {
      console.error(`dashboard: ${request.method} failed: ${error instanceof Error ? error.message : error}`);
      response = refuse({
        status: 500,
        reason: 'INTERNAL',
        rule: 'server',
        message: 'the server failed; its log has the reason',
      });
    }
    const secured = withSecurityHeaders(response, isSecure(request, origins));
    return request.method === 'HEAD' ? new Response(null, secured) : secured;
  };
}
