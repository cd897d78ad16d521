import type { StorageHashes } from './checksums.ts';
import type { Executor } from './executors/types.ts';
import type { Fault } from './faults/book.ts';
import type { Fixtures, UserFixture } from './fixtures/types.ts';

/** Options of `createEmulator`. */
export interface EmulatorOptions {
  /**
   * User accounts. Only `username` is required: the token defaults to `KGAT_<username>`, the user id to an unused
   * number.
   * @default alice (token `KGAT_test`, user id 7, key `alice-key`) and bob (`KGAT_bob`, 8, `bob-key`)
   */
  users?: UserFixture[] | undefined;
  /**
   * Runs the kernels that are pushed.
   * @default pyodideExecutor(): CPython in WebAssembly, loaded at the first run
   */
  executor?: Executor | undefined;
  /**
   * Initial users, datasets and kernels: an object, or the path of a folder (Node, Deno and Bun), whose layout is
   * described in docs/emulator.md.
   * @default none
   */
  fixtures?: Fixtures | string | URL | undefined;
  /**
   * Path of a folder that keeps the state across restarts; it is created if necessary. Node, Deno and Bun only.
   * @default none: the state is lost when the process ends
   */
  data?: string | URL | undefined;
  /**
   * Faults to inject from the start, and again after `reset()`.
   * @default none
   */
  faults?: Fault[] | undefined;
  /**
   * Seed of all ids, tokens and signatures: the same seed and requests produce the same values.
   * @default 1
   */
  seed?: number | undefined;
  /**
   * Delay in milliseconds from a push to its run, and from the creation of a dataset or a dataset version until it is
   * visible.
   * @default 200
   */
  lag?: number | undefined;
  /**
   * Duration in milliseconds from the creation of a dataset version until its status is READY.
   * @default 500
   */
  processing?: number | undefined;
  /**
   * Duration in milliseconds for which a canceled run still counts as a session of its account.
   * @default 0
   */
  slotLag?: number | undefined;
  /**
   * Whether a push that is refused because no session is free nevertheless saves a version, which never runs. This was
   * reported once.
   * @default false
   */
  savesWithoutSlot?: boolean | undefined;
  /**
   * Where a kernel finds its inputs. `owner`: `/kaggle/input/datasets/<owner>/<slug>` and
   * `/kaggle/input/notebooks/<owner>/<slug>`, as observed on Kaggle today. `legacy`: `/kaggle/input/<slug>`. `both`:
   * both.
   * @default 'owner'
   */
  mounts?: 'owner' | 'both' | 'legacy' | undefined;
  /**
   * Origin of upload and download URLs. `serveEmulator` sets it to the URL of its storage port.
   * @default 'https://storage.kaggle-emulator.invalid'
   */
  storageOrigin?: string | undefined;
  /**
   * Origins of web pages that may call the emulator, such as `http://localhost:5173`. Requests of other pages get 403.
   * @default none
   */
  allowedOrigins?: string[] | undefined;
  /**
   * Values of the Host header (`name:port`) that are accepted. `serveEmulator` sets them to its own addresses.
   * @default any
   */
  allowedHosts?: string[] | undefined;
  /**
   * Maximum number of kernels that run at the same time; further ones are queued.
   * @default 2
   */
  concurrency?: number | undefined;
  /**
   * Maximum number of requests in `state.requests`; the oldest are dropped.
   * @default 10000
   */
  recorded?: number | undefined;
  /**
   * Whether the content type of live logs has `charset=utf-8`.
   * @default true
   */
  charset?: boolean | undefined;
  /**
   * Checksums that the storage sends for downloads and in the final response of an upload.
   * @default 'both'
   */
  hashes?: StorageHashes | undefined;
  /**
   * Maximum speed of each download in bytes per second.
   * @default unlimited
   */
  rate?: number | undefined;
  /**
   * Clock: returns the milliseconds since 1970. It sets timestamps, `lag`, `processing` and expiry; timers of runs use
   * real time.
   * @default Date.now
   */
  now?: (() => number) | undefined;
}
