import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../cli/start.ts';

/** One block of code in a Markdown file. */
export interface CodeBlock {
  /** Where it stands, as `README.md:12`. */
  place: string;
  /** The heading above it. */
  heading: string;
  code: string;
}

/** The blocks of `language` in a Markdown file of the project. */
export function codeBlocks(path: string, language: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heading = '';
  let open: { language: string; line: number; code: string[] } | undefined;
  for (const [index, line] of readFileSync(join(root, path), 'utf8').split('\n').entries()) {
    if (line.startsWith('```')) {
      if (open?.language.split(' ')[0] === language)
        blocks.push({ place: `${path}:${open.line}`, heading, code: open.code.join('\n') });
      open = open ? undefined : { language: line.slice(3).trim(), line: index + 1, code: [] };
    } else if (open) open.code.push(line);
    else if (line.startsWith('#')) heading = line.replace(/^#+ /, '');
  }
  return blocks;
}

/** What blocks use without saying where it comes from: the reader's own values, and what an earlier block has made. */
const known: Record<string, string> = {
  client: "declare const client: import('kaggle-ts').KaggleClient;",
  createClient: "import { createClient } from 'kaggle-ts';",
  datasets: "import * as datasets from 'kaggle-ts/datasets';",
  kernels: "import * as kernels from 'kaggle-ts/kernels';",
  getKernelSessionStatus: "import { getKernelSessionStatus } from 'kaggle-ts/services/kernels';",
  saveKernel: "import { saveKernel } from 'kaggle-ts/services/kernels';",
  mock: "import { mock } from 'kaggle-ts/testing/msw';",
  mockError: "import { mockError } from 'kaggle-ts/testing/msw';",
  memoryPlatform: "import { memoryPlatform } from 'kaggle-ts';",
  kvState: "import { kvState } from 'kaggle-ts/workers';",
  setupServer: "import { setupServer } from 'msw/node';",
  run: "declare const run: import('kaggle-ts/kernels').PushedKernel;",
  signal: 'declare const signal: AbortSignal;',
  onLog: "declare const onLog: (entry: import('kaggle-ts/kernels').LogEntry) => void;",
  onStatus: 'declare const onStatus: (status: string) => void;',
  env: "declare const env: { BUCKET: import('kaggle-ts/workers').R2BucketLike; STATE: import('kaggle-ts/workers').KvNamespaceLike };",
  files: "declare const files: import('kaggle-ts/datasets').FileInput[];",
  showDirectoryPicker: 'declare const showDirectoryPicker: (options?: object) => Promise<FileSystemDirectoryHandle>;',
  emulator: "declare const emulator: import('kaggle-ts/testing').Emulator;",
};
for (const name of ['owner', 'slug', 'title', 'newTitle', 'token', 'text', 'userName', 'kernelSlug']) {
  known[name] = `declare const ${name}: string;`;
}
for (const name of ['ownerSlug', 'datasetSlug']) known[name] = `declare const ${name}: string;`;

/** A block as a module: imports first, then what it takes for granted, then the rest as a function's body. */
export function asModule(code: string): string {
  const imports: string[] = [];
  const body = code.replace(/^import\s[^;]*?from '[^']+';?(?: *\/\/.*)?$/gm, (line) => {
    imports.push(line);
    return '';
  });
  const declared = (name: string) => new RegExp(`\\b(?:const|let)\\s+(?:\\{[^}=]*\\b)?${name}\\b`).test(body);
  const imported = (name: string) => imports.some((line) => new RegExp(`\\b${name}\\b(?=[^]* from )`).test(line));
  const used = (name: string) => new RegExp(`(?<![.\\w])${name}\\b(?!:)`).test(body);
  const given = Object.keys(known).filter((name) => used(name) && !declared(name) && !imported(name));
  const lines = [...imports, ...given.map((name) => known[name])];
  // A block may declare again what is given, so it gets a scope of its own, unless it exports something.
  return [...lines, ...(/^export /m.test(body) ? [body] : ['{', body, '}']), 'export {};', ''].join('\n');
}
