/** The globals of Deno, Bun and workerd that the examples and the bench use. Their own types are not installed. */
declare const Deno: {
  args: string[];
  env: { get(name: string): string | undefined };
  readTextFile(path: string): Promise<string>;
  cron(name: string, schedule: string, handler: () => Promise<void>): Promise<void>;
  openKv(path?: string): Promise<DenoKv>;
};
interface DenoKv {
  get<T>(key: readonly string[]): Promise<{ value: T | null; versionstamp: string | null }>;
  set(key: readonly string[], value: unknown): Promise<unknown>;
  atomic(): DenoKvAtomic;
}
interface DenoKvAtomic {
  check(entry: { key: readonly string[]; versionstamp: string | null }): DenoKvAtomic;
  set(key: readonly string[], value: unknown): DenoKvAtomic;
  commit(): Promise<{ ok: true; versionstamp: string } | { ok: false }>;
}
declare const Bun: { argv: string[]; env: Record<string, string | undefined>; file(path: string): Blob };
interface ImportMeta {
  /** The folder of a module, on Bun. */
  readonly dir: string;
}
/** A stream that knows its length, on workerd. */
declare class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(length: number);
}
