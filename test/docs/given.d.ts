/**
 * Names that the TypeScript of the documents uses without saying where they come from. Prefer an import in the snippet,
 * which readers can copy; a name belongs here when several pages need it.
 */

type Client = import('kaggle-ts').KaggleClient;

export {};

declare global {
  const client: Client;
  const kaggle: import('kaggle-ts').Kaggle;
  const datasets: typeof import('kaggle-ts/datasets');
  const kernels: typeof import('kaggle-ts/kernels');
  /** A kernel that was pushed. */
  const run: import('kaggle-ts/kernels').PushedKernel;
  const emulator: import('kaggle-ts/testing').Emulator;
  /** A server of msw. */
  const server: import('msw/node').SetupServer;
  const files: import('kaggle-ts/datasets').FileInput[];

  const owner: string;
  const slug: string;
  const title: string;
  const newTitle: string;
  const token: string;
  const text: string;
  const userName: string;
  const kernelSlug: string;
  const ownerSlug: string;
  const datasetSlug: string;
  const signal: AbortSignal;
  const onLog: (entry: import('kaggle-ts/kernels').LogEntry) => void;
  const onStatus: (status: string) => void;

  /** Bindings of a Worker. */
  const env: {
    BUCKET: import('kaggle-ts/workers').R2BucketLike;
    STATE: import('kaggle-ts/workers').KvNamespaceLike;
    KAGGLE_API_TOKEN: string;
  };
  /** Chromium has it; TypeScript's DOM library does not. */
  const showDirectoryPicker: (options?: object) => Promise<FileSystemDirectoryHandle>;

  interface ImportMeta {
    /** The folder of a module, on Bun. */
    readonly dir: string;
  }
  const Deno: {
    args: string[];
    env: { get(name: string): string | undefined };
    readTextFile(path: string): Promise<string>;
  };
  const Bun: { argv: string[]; env: Record<string, string | undefined>; file(path: string): Blob };
}
