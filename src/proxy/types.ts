import type { CredentialOptions } from '../core/auth/provider.ts';
import type { KaggleClient } from '../core/rpc/client.ts';

/** What a rule knows beside the request. */
export interface ProxyContext {
  /** The `user` that `authorize` returned; `undefined` if it returned `true`. */
  readonly user: string | undefined;
  /** The request of the page, without its body. */
  readonly request: Request;
}

/**
 * Whether a method may be called: `true`, or a function of its request (in the JSON of the API, such as `{ ownerSlug: 'alice' }`).
 * The function returns `true` to allow the call, or `false` or a reason to refuse it. It should test for what it allows
 * (`ownerSlug === 'alice'`), not for what it forbids: fields may be missing, and contain any JSON.
 *
 * The log of a run (`GET kernels/logs/stream/...`) is the method `kernels.KernelsApiService/GetKernelSessionLogsStream` with
 * `{ userName, kernelSlug, versionLabel }`.
 */
export type AllowRule =
  | boolean
  // biome-ignore lint/suspicious/noExplicitAny: a request is any JSON
  | ((request: any, context: ProxyContext) => boolean | string | Promise<boolean | string>);

/** The methods that pages may call, by `service/Method`. All others are refused. */
export type Allow = Readonly<Record<string, AllowRule>>;

/** Result of `authorize`. */
export type Authorization = boolean | { readonly user: string } | Response;

/** Limits of a proxy. Those of requests count per user, or per network address without a user, and per process. */
export interface ProxyLimits {
  /** Maximum size of the body of a call, in bytes. @default 8 MiB */
  requestBytes?: number | undefined;
  /** Maximum size of an uploaded file, in bytes. @default 10 GiB */
  uploadBytes?: number | undefined;
  /** Maximum number of requests per minute. @default 600 */
  requestsPerMinute?: number | undefined;
  /** Maximum number of concurrent requests. @default 64 */
  concurrent?: number | undefined;
  /** Maximum number of concurrent requests of all users. @default 1024 */
  concurrentInAll?: number | undefined;
  /** Seconds until the response of Kaggle must begin, and in which its JSON must arrive. @default 120 */
  timeout?: number | undefined;
  /**
   * Seconds without data after which a body counts as stalled, in both directions. A body must also be sent with at least 8 KiB per
   * second on average, beyond this time.
   * @default 30
   */
  stall?: number | undefined;
}

/** One request, for logs. Contains no secrets. */
export interface ProxyEvent {
  /** `preflight`, `call`, `log`, `upload` or `download`; `none` for a request that is none of them. */
  readonly type: 'preflight' | 'call' | 'log' | 'upload' | 'download' | 'none';
  /** `service/Method` of a call. */
  readonly method: string | undefined;
  /** The `user` that `authorize` returned. */
  readonly user: string | undefined;
  /** HTTP status of the response. */
  readonly status: number;
  /** Milliseconds until the response began. */
  readonly ms: number;
  /** The rule that refused the request, such as `allow`, `authorize`, `origins` or `limits.requestBytes`. */
  readonly rule: string | undefined;
  /** Message of the error response, or of the error behind it. */
  readonly error: string | undefined;
}

/** Options of `createProxy`. */
export interface ProxyOptions {
  /** The client that makes the requests, with the credential. Create it with the entry of your runtime. */
  client?: KaggleClient | undefined;
  /** The credential, in place of `client`. */
  credential?: Pick<CredentialOptions, 'token' | 'username' | 'key'> | undefined;
  /** The path of the proxy, which is the `endpoint` of pages. @default '/kaggle' */
  path?: string | undefined;
  /** The methods that pages may call. Nothing else is allowed. See `readOnly` and `runJobs`. */
  allow: Allow;
  /**
   * Decides who may use the proxy, for each request: `true`, `{ user }` or `false`; a `Response` is sent as it is. Receives the
   * request without its body. Uploads and downloads belong to the `user` that started them.
   */
  authorize: (request: Request) => Authorization | Promise<Authorization>;
  /**
   * Origins of the pages that may use the proxy, such as `https://app.example.com`.
   * @default Only pages of the proxy's own origin.
   */
  origins?: readonly string[] | undefined;
  /** Limits of size, rate, concurrency and time. */
  limits?: ProxyLimits | undefined;
  /**
   * Further origins to which Kaggle may send uploads and downloads.
   * @default Kaggle's storage; for another `endpoint`, also the same host.
   */
  storage?: readonly string[] | undefined;
  /**
   * Random secret of at least 32 characters, with which addresses of uploads and downloads are encrypted. All processes need the
   * same.
   * @default Derived from the API token. Pass one if the client uses a username and key, or a token that changes.
   */
  secret?: string | undefined;
  /** Called with each response, for logs. Errors that it throws are ignored. */
  onEvent?: ((event: ProxyEvent) => void) | undefined;
}

/** A proxy: a function from requests to responses. */
export interface KaggleProxy {
  /**
   * Handles a request. It can be passed to `Deno.serve`, `Bun.serve`, Hono, and exported by a Worker.
   *
   * @param info - What the runtime passes: used for the network address of the client only.
   */
  fetch(request: Request, info?: unknown): Promise<Response>;
}
