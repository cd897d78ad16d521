/** The globals of Deno, Bun and workerd that the examples and the bench use. Their own types are not installed. */
declare const Deno: {
  args: string[];
  env: { get(name: string): string | undefined };
  readTextFile(path: string): Promise<string>;
};
declare const Bun: { argv: string[]; env: Record<string, string | undefined>; file(path: string): Blob };
interface ImportMeta {
  /** The folder of a module, on Bun. */
  readonly dir: string;
}
/** A stream that knows its length, on workerd. */
declare class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(length: number);
}
