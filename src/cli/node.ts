/** Types of the parts of Node that the command line uses, so that the package needs no `@types/node`. */

/** Standard output or standard error. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): boolean;
  on(event: 'error', listener: (error: Error & { code?: string }) => void): void;
}

interface NodeProcess {
  readonly argv: string[];
  readonly env: Record<string, string | undefined>;
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  exitCode: number | undefined;
  exit(code: number): never;
  cwd(): string;
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): void;
  off(event: 'SIGINT' | 'SIGTERM', listener: () => void): void;
  getBuiltinModule(name: string): unknown;
}

/** One option of `parseArgs`. */
export interface OptionConfig {
  type: 'string' | 'boolean';
  multiple?: boolean;
  short?: string;
}

export type OptionValues = Record<string, string | boolean | (string | boolean)[] | undefined>;

interface Readline {
  question(text: string, options: { signal: AbortSignal }): Promise<string>;
  close(): void;
}

interface NodeModules {
  'node:util': {
    parseArgs(config: {
      args: readonly string[];
      options: Record<string, OptionConfig>;
      allowPositionals: boolean;
      strict: boolean;
    }): { values: OptionValues; positionals: string[] };
  };
  'node:fs/promises': {
    mkdtemp(prefix: string): Promise<string>;
    mkdir(path: string, options: { recursive: true }): Promise<unknown>;
    readFile(path: string): Promise<Uint8Array>;
    writeFile(path: string, text: string): Promise<void>;
    readdir(path: string, options: { recursive: true; encoding: 'utf8' }): Promise<string[]>;
    stat(path: string): Promise<{ isFile(): boolean; isDirectory(): boolean; readonly size: number }>;
  };
  'node:path': {
    join(...parts: string[]): string;
    resolve(...parts: string[]): string;
    basename(path: string, ending?: string): string;
    dirname(path: string): string;
  };
  'node:url': { fileURLToPath(url: URL): string };
  'node:os': { tmpdir(): string };
  'node:readline/promises': { createInterface(options: { input: unknown; output: unknown }): Readline };
}

/** Node's `process`. */
export const node: NodeProcess = (globalThis as unknown as { process: NodeProcess }).process;

/** A built-in module of Node, loaded at its first use. */
export function builtin<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  return node.getBuiltinModule(name) as NodeModules[Name];
}
