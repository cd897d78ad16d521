import type { KyInstance } from 'ky';
import type { Introspection } from '../auth/identity.ts';
import type { CredentialOptions } from '../auth/provider.ts';
import type { Clock, Platform } from '../platform.ts';
import type { Method } from './method.ts';
import type { Sender } from './sender.ts';

/** Which of Kaggle's servers to call: the values of the variable KAGGLE_API_ENVIRONMENT. */
export type KaggleEnvironment = 'PROD' | 'LOCALHOST' | 'STAGING' | 'ADMIN' | 'QA' | 'TEST';

/** Options of a single call. Those of the client apply where one is left out. */
export interface CallOptions {
  /** Aborts the call, which then rejects with the reason of the signal. */
  signal?: AbortSignal | undefined;
  /**
   * Seconds for the whole call, retries included; 0 for no limit. Afterwards the call rejects with `TimeoutError`.
   * @default The client's `timeout`.
   */
  timeout?: number | undefined;
  /**
   * Number of retries after the first attempt; `false` for none. A method that is not safe to repeat is never retried.
   * @default The client's `retry` for idempotent methods, else 0.
   */
  retry?: number | false | undefined;
  /**
   * `false` sends no credential, as in the OAuth exchange.
   * @default true
   */
  auth?: boolean | undefined;
  /** Additional headers. Not sent to another origin after a redirect. */
  headers?: Record<string, string> | undefined;
}

/** Options of `createClient` and `createKaggle`. All are optional. */
export interface ClientOptions extends CredentialOptions {
  /**
   * URL of the API, for example `http://localhost:7777` for an emulator. Takes precedence over `environment`. Without a path,
   * `/api/v1` is added (`/v1` on api.kaggle.com). In browsers it may be a path on the page's origin, such as `/kaggle`.
   * @default The URL of `environment`.
   */
  endpoint?: string | URL | undefined;
  /**
   * `true` if it is intended that a page contains a credential, which its visitors can read. Otherwise `createClient` warns once.
   * @default false
   */
  dangerouslyAllowBrowser?: boolean | undefined;
  /** Which of Kaggle's servers to call. @default KAGGLE_API_ENVIRONMENT, else `PROD` (https://api.kaggle.com) */
  environment?: KaggleEnvironment | undefined;
  /**
   * Token of the IAP proxy in front of STAGING and ADMIN.
   * @default KAGGLE_IAP_TOKEN
   */
  iapToken?: string | undefined;
  /**
   * Sends all requests, including transfers; for tests, proxies and instrumentation.
   * @default The platform's transport: `fetch`, or node:http on Node.
   */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** Value of the User-Agent header. Browsers do not send it. @default `kaggle-ts/<version>` */
  userAgent?: string | undefined;
  /** Maximum number of concurrent calls; further calls wait. Does not count transfers. @default 256 */
  maxConnections?: number | undefined;
  /**
   * Logs one line per request, without secrets: `true` for the platform's log (stderr or console), or a function.
   * @default false
   */
  verbose?: (boolean | ((line: string) => void)) | undefined;
  /**
   * Number of retries of idempotent methods, after lost connections, 429 and 5xx; `false` for none. Pauses grow from half a
   * second to 30 s and respect Retry-After up to 120 s.
   * @default 4
   */
  retry?: number | false | undefined;
  /** Seconds for one call, retries included; 0 for no limit. Transfers are not limited by it. @default 60 */
  timeout?: number | undefined;
  /** Aborts all calls and transfers of this client. */
  signal?: AbortSignal | undefined;
  /** Files, environment, state and clock. @default The platform of the runtime. */
  platform?: Platform | undefined;
}

/** A client of the Kaggle API, made by `createClient`. Pass it to the functions of `kaggle-ts/datasets` and `kaggle-ts/kernels`. */
export interface KaggleClient {
  /**
   * Calls a method of `kaggle-ts/services/<area>`. Validates the request before it is sent.
   *
   * @returns The decoded response; `undefined` for a method without one.
   * @throws `ValidationError` for an invalid request or option.
   * @throws `AuthenticationError`, `PermissionError`, `NotFoundError`, `RateLimitError` or another `ApiError` for an error response.
   * @throws `ConnectionError` if there is no response, `TimeoutError` after `timeout` seconds.
   * @example
   * ```ts
   * import { createClient } from 'kaggle-ts';
   * import { getKernelSessionStatus } from 'kaggle-ts/services/kernels';
   *
   * const client = createClient();
   * const { status } = await client.call(getKernelSessionStatus, { userName: 'alice', kernelSlug: 'my-job' });
   * ```
   */
  call<Request, Response>(
    method: Method<Request, Response>,
    request?: Request,
    options?: CallOptions,
  ): Promise<Response>;
  /**
   * Calls a method by name. The request is sent and the JSON response is returned without validation.
   *
   * @param service - Full name, for example `kernels.KernelsApiService`.
   * @param method - Name of the method, for example `ListKernels`.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the untyped layer returns any response of the server
  call(service: string, method: string, request?: unknown, options?: CallOptions): Promise<any>;
  /**
   * Calls a method and resolves to the HTTP response, after redirects. Throws for error statuses, as `call` does. Read or
   * cancel the body of the response.
   */
  callRaw<Request, Response>(
    method: Method<Request, Response>,
    request?: Request,
    options?: CallOptions,
  ): Promise<globalThis.Response>;
  /** Calls a method by name and resolves to the HTTP response. */
  callRaw(service: string, method: string, request?: unknown, options?: CallOptions): Promise<globalThis.Response>;
  /**
   * A ky instance for requests that no method covers, with the client's base URL and credential. Available on Node, Deno and Bun,
   * where ky is loaded with the first request.
   *
   * @throws `MissingCapabilityError` on other platforms, so that bundles do not contain ky: import `http` from `kaggle-ts/http`.
   */
  readonly http: KyInstance;
  /**
   * Creates a function that sends plain requests to URLs that no method covers. The credential is looked up once per sender and
   * sent only to the origin of the API, also after redirects. Resolves for any HTTP status; throws `ConnectionError` if there
   * is no response.
   */
  sender(): Sender;
  /** Sends the requests of transfers, without a credential or other additions. */
  fetch(request: Request): Promise<globalThis.Response>;
  /** The platform's transport for large bodies; empty if the client has a `fetch` option. */
  readonly transport: Pick<Platform, 'put' | 'putReaches' | 'byobBodies'>;
  /** The platform of the client. */
  readonly platform: Platform;
  /** The clock of all pauses: the platform's, or the timers of the runtime. */
  readonly clock: Clock;
  /** Base URL of the RPCs, for example `https://api.kaggle.com/v1`. */
  readonly baseUrl: string;
  /** Seconds for one call, retries included; 0 for no limit. */
  readonly timeout: number;
  /** Number of retries of idempotent methods. */
  readonly retry: number;
  /** The `signal` option of the client. */
  readonly signal: AbortSignal | undefined;
  /** Resolves to the API token; to `undefined` without a credential, and for a username and key. */
  token(): Promise<string | undefined>;
  /** Resolves to the parts of the credential that no output may contain: the token, or the key and its Basic form. */
  secrets(): Promise<readonly string[]>;
  /**
   * Resolves to the username of the credential.
   *
   * @throws `AuthenticationError` if there is no credential, or the token has expired or was revoked.
   */
  whoAmI(options?: CallOptions): Promise<string>;
  /** Asks the server which user the credential belongs to, and whether it is active. */
  introspect(options?: CallOptions): Promise<Introspection>;
  /**
   * Checks that there is a credential, without sending it.
   *
   * @param what - The action that needs it, for the message of the error.
   * @throws `AuthenticationError` if there is none. The message says how to provide one on this platform.
   */
  requireCredential(what: string, options?: Pick<CallOptions, 'signal' | 'timeout'>): Promise<void>;
  /** Writes a line to the target of `verbose`, if there is one. */
  log(line: string): void;
}
