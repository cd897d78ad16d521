import type { KyInstance } from 'ky';
import type { Introspection } from '../auth/identity.ts';
import type { CredentialOptions } from '../auth/provider.ts';
import type { Clock, Platform } from '../platform.ts';
import type { Method } from './method.ts';
import type { Sender } from './sender.ts';

/** The value of KAGGLE_API_ENVIRONMENT: which of Kaggle's servers to call. */
export type KaggleEnvironment = 'PROD' | 'LOCALHOST' | 'STAGING' | 'ADMIN' | 'QA' | 'TEST';

/** Options of one call. */
export interface CallOptions {
  /** Aborts the call; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Seconds for the whole call, retries included. */
  timeout?: number | undefined;
  /** Retries after the first attempt. A method that must not be repeated never is, whatever this says. */
  retry?: number | false | undefined;
  /** `false`: send no credential (the OAuth exchange). */
  auth?: boolean | undefined;
  /** Additional request headers. */
  headers?: Record<string, string> | undefined;
}

export interface ClientOptions extends CredentialOptions {
  /**
   * Where the API is, for example `http://localhost:7777`; wins over `environment`. Without a path, `/api/v1` is meant (`/v1` on
   * api.kaggle.com). In pages it may be a path of their own origin, such as `/kaggle`.
   */
  endpoint?: string | URL | undefined;
  /** Which of Kaggle's servers to call. @default `KAGGLE_API_ENVIRONMENT`, or `PROD` */
  environment?: KaggleEnvironment | undefined;
  /** The token of the IAP proxy that STAGING and ADMIN stand behind; default KAGGLE_IAP_TOKEN. */
  iapToken?: string | undefined;
  /** What carries out the requests; default the global `fetch`. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
  userAgent?: string | undefined;
  /** How many calls may be under way at once; more wait for their turn. @default 256 */
  maxConnections?: number | undefined;
  /** One line per request, without secrets: `true` for the platform's log, or a function that takes the line. */
  verbose?: (boolean | ((line: string) => void)) | undefined;
  /** Retries after the first attempt for idempotent methods; default 4. `false` for none. */
  retry?: number | false | undefined;
  /** Seconds for one call, retries included; default 60. `0` for none. */
  timeout?: number | undefined;
  /** Aborts everything that this client does. */
  signal?: AbortSignal | undefined;
  platform?: Platform | undefined;
}

export interface KaggleClient {
  /** Typed and validated: `client.call(getKernelSessionStatus, { userName, kernelSlug })`. */
  call<Request, Response>(
    method: Method<Request, Response>,
    request?: Request,
    options?: CallOptions,
  ): Promise<Response>;
  /** By name, untyped: the request goes out as it is, and the JSON answer comes back as it is. */
  // biome-ignore lint/suspicious/noExplicitAny: the untyped layer hands on whatever the server answers
  call(service: string, method: string, request?: unknown, options?: CallOptions): Promise<any>;
  /** The HTTP response itself (after redirects); only HTTP errors throw. Read or cancel its body. */
  callRaw<Request, Response>(
    method: Method<Request, Response>,
    request?: Request,
    options?: CallOptions,
  ): Promise<globalThis.Response>;
  callRaw(service: string, method: string, request?: unknown, options?: CallOptions): Promise<globalThis.Response>;
  /**
   * On Node, Deno and Bun: `http(client)` of `kaggle-ts/http`, which loads with its first request. Elsewhere a bundle would
   * carry ky whether it is used or not: there it throws `MissingCapabilityError`; import `http` instead.
   */
  readonly http: KyInstance;
  /**
   * What sends plain requests to addresses that no method covers, by the rules of calls: the credential goes to the API's
   * own origin only, also when the request is redirected. All requests of one sender carry the same credential, which is
   * looked up once. Any HTTP status is an answer; throws `ConnectionError` when none came.
   */
  sender(): Sender;
  /** What carries out transfers: nothing is added to a request, no credential either. */
  fetch(request: Request): Promise<globalThis.Response>;
  /** The platform's own way to send large bodies; none when the client was given a `fetch`. */
  readonly transport: Pick<Platform, 'put' | 'putReaches' | 'byobBodies'>;
  readonly platform: Platform;
  /** What every wait of this client goes by: the platform's clock, or the timers of the runtime. */
  readonly clock: Clock;
  /** The base address of the RPCs, for example `https://api.kaggle.com/v1`. */
  readonly baseUrl: string;
  /** Seconds for one call, retries included; `0` for no limit. */
  readonly timeout: number;
  /** The client's own abort signal, if it was given one. */
  readonly signal: AbortSignal | undefined;
  /** The bearer token in use, or `undefined` (anonymous, or user name and key). */
  token(): Promise<string | undefined>;
  /** The user name that the credential stands for. Throws `AuthenticationError` when it stands for none. */
  whoAmI(options?: CallOptions): Promise<string>;
  /** Asks the server about the token in use. */
  introspect(options?: CallOptions): Promise<Introspection>;
  /** Throws `AuthenticationError`, which says how to give one here, when there is no credential. */
  requireCredential(what: string, options?: Pick<CallOptions, 'signal' | 'timeout'>): Promise<void>;
  /** Writes a line where `verbose` goes, if it is on. */
  log(line: string): void;
}
