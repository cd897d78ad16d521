import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import typescript5 from 'typescript-5';
import typescript6 from 'typescript-6';
import { root } from '../structure/source-files.ts';

/** What an editor shows for a file of a project that uses the built package. Positions are offsets into the text. */
export interface Editor {
  /** The docs that a hover shows below the declaration. */
  hover(position: number): Promise<string>;
  /** The docs of the call and its parameters' names with their docs, as shown after the opening parenthesis. */
  call(position: number): Promise<{ docs: string; parameters: [name: string, docs: string][] }>;
  /** The docs of each name that can be completed. */
  completions(position: number): Promise<Map<string, string>>;
  close(): void;
}

// Beside the files that import the package by its name; it is never written.
const file = join(root, 'test/types/editor-sample.ts');

/** The language service of TypeScript 5 and 6. */
function languageService(ts: typeof typescript5, text: string): Editor {
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ESNext, strict: true, types: [] };
  const service = ts.createLanguageService({
    ...ts.sys,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    // Nothing changes: without it, each request compares all files with those on disk.
    getProjectVersion: () => '1',
    getScriptSnapshot(path) {
      const content = path === file ? text : ts.sys.readFile(path);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => root,
    getCompilationSettings: () => options,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
  });
  const plain = ts.displayPartsToString;
  const withTags = (docs: typescript5.SymbolDisplayPart[] = [], tags: typescript5.JSDocTagInfo[] = []) =>
    [plain(docs), ...tags.map(({ name, text }) => `@${name} ${plain(text)}`)].join('\n').trim();
  return {
    async hover(position) {
      const info = service.getQuickInfoAtPosition(file, position);
      return withTags(info?.documentation, info?.tags);
    },
    async call(position) {
      const { documentation, tags, parameters } = service.getSignatureHelpItems(file, position, undefined)!.items[0]!;
      const named = parameters.map(({ name, documentation: docs }): [string, string] => [name, plain(docs)]);
      return { docs: withTags(documentation, tags), parameters: named };
    },
    async completions(position) {
      const { entries } = service.getCompletionsAtPosition(file, position, {})!;
      const detail = (name: string) =>
        service.getCompletionEntryDetails(file, position, name, {}, undefined, {}, undefined);
      return new Map(entries.map(({ name }) => [name, withTags(detail(name)?.documentation, detail(name)?.tags)]));
    },
    close: () => service.dispose(),
  };
}

/** The language server of TypeScript 7. */
function languageServer(text: string): Editor {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const child = spawn(process.execPath, [tsc, '--lsp', '--stdio'], { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting = new Map<number, (result: unknown) => void>();
  let received = Buffer.alloc(0);
  let id = 0;
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  // biome-ignore lint/suspicious/noExplicitAny: the protocol's own shapes
  const ask = (method: string, params: object): Promise<any> =>
    new Promise((resolve) => {
      waiting.set(++id, resolve);
      send({ id, method, params });
    });
  child.stdout.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const end = received.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/i.exec(received.subarray(0, Math.max(end, 0)).toString())?.[1]);
      if (!(received.length >= end + 4 + length)) return;
      const message = JSON.parse(received.subarray(end + 4, end + 4 + length).toString());
      received = received.subarray(end + 4 + length);
      if (message.method) message.id !== undefined && send({ id: message.id, result: null });
      else waiting.get(message.id)?.(message.result);
    }
  });
  const documentation = { documentationFormat: ['plaintext'] };
  const capabilities = {
    hover: { contentFormat: ['markdown'] },
    signatureHelp: { signatureInformation: documentation },
    completion: { completionItem: documentation },
  };
  const uri = pathToFileURL(file).href;
  const opened = ask('initialize', {
    processId: null,
    rootUri: pathToFileURL(root).href,
    capabilities: { textDocument: capabilities },
  }).then(() => {
    send({ method: 'initialized', params: {} });
    send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'typescript', version: 1, text } },
    });
  });
  const at = async (what: string, position: number) => {
    await opened;
    const lines = text.slice(0, position).split('\n');
    const place = { line: lines.length - 1, character: lines.at(-1)!.length };
    return ask(`textDocument/${what}`, { textDocument: { uri }, position: place });
  };
  const plain = (docs: string | { value: string } | undefined) =>
    typeof docs === 'string' ? docs : (docs?.value ?? '');
  return {
    async hover(position) {
      const shown = plain((await at('hover', position)).contents);
      // The declaration comes first, in a fence.
      return shown.replace(/^```[\s\S]*?\n```\n/, '').trim();
    },
    async call(position) {
      const { documentation: docs, parameters = [] } = (await at('signatureHelp', position)).signatures[0];
      const named = parameters.map(({ label, documentation: own }: { label: string; documentation?: string }) => [
        label.replace(/\??:.*/s, ''),
        plain(own),
      ]);
      return { docs: plain(docs).trim(), parameters: named };
    },
    async completions(position) {
      const list = await at('completion', position);
      const items: { label: string }[] = list.items ?? list;
      const resolved = await Promise.all(items.map((item) => ask('completionItem/resolve', item)));
      return new Map(resolved.map(({ label, documentation: docs }) => [label.replace(/\?$/, ''), plain(docs).trim()]));
    },
    close: () => child.kill(),
  };
}

/** Editors by the version of TypeScript that they use. */
export const editors: Readonly<Record<string, (text: string) => Editor>> = {
  'TypeScript 5': (text) => languageService(typescript5, text),
  'TypeScript 6': (text) => languageService(typescript6 as unknown as typeof typescript5, text),
  'TypeScript 7': languageServer,
};
