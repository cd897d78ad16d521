import type { R2BucketLike } from 'kaggle-ts/workers';

/** The members of the bucket that the Worker itself uses. */
interface Bucket extends Omit<R2BucketLike, 'get' | 'put'> {
  get: R2BucketLike['get'] & ((key: string) => Promise<StoredObject | null>);
  /** Resolves to `null` if the condition is not met. */
  put(key: string, value: unknown, options?: { onlyIf: object }): Promise<{ etag: string } | null>;
}

interface StoredObject {
  readonly etag: string;
  readonly body: ReadableStream<Uint8Array>;
  text(): Promise<string>;
}

/** The members of a Workflow instance that are used. `wrangler types` writes the whole type. */
interface Instance {
  status(): Promise<{ status: string; error?: unknown }>;
  restart(): Promise<void>;
}

export interface Env {
  /** The credential, a secret. `workersPlatform` reads it by this name. */
  KAGGLE_API_TOKEN: string;
  /** The bearer token that callers must send. Without it, anybody could use your quota. */
  ACCESS_KEY: string;
  /** Signs webhooks, a secret: `whsec_$(openssl rand -base64 32)`. */
  WEBHOOK_SECRET?: string;
  /** Where a message is sent when a job ends. */
  WEBHOOK_URL?: string;
  /** Maximum number of subrequests of a Workflow instance. */
  SUBREQUESTS?: number;
  /** Longest pause in seconds between two checks of a run. @default 300 */
  LONGEST_PAUSE?: number;
  KAGGLE_ENDPOINT?: string;
  /** Input files below `in/`, output files below `out/`, and one record for each job below `jobs/`. */
  BUCKET: Bucket;
  WORKFLOW: {
    create(options: { id: string; params: { id: string; part: number } }): Promise<unknown>;
    get(id: string): Promise<Instance>;
  };
  QUEUE: { sendBatch(messages: readonly { body: string }[]): Promise<unknown> };
}
