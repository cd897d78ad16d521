/** A value of a JSON document. Numbers are kept as they are written, so that long ones are not rounded. */
export type JsonNode =
  | { readonly type: 'object'; readonly entries: [name: string, value: JsonNode][]; complete: boolean }
  | { readonly type: 'array'; readonly items: JsonNode[]; complete: boolean }
  | { readonly type: 'string'; readonly text: string; readonly complete: boolean }
  | { readonly type: 'number' | 'boolean' | 'null'; readonly text: string };

/** A parsed document, or what of it could be parsed. */
export interface JsonDocument {
  /** `undefined` if the text has no value. */
  readonly root: JsonNode | undefined;
  /** What is wrong with the text, with its line and column. */
  readonly problem: string | undefined;
  /** The text ended, or the limit was reached, before the value did. */
  readonly partial: boolean;
}

/** Values in one document; more would take too much memory. */
export const mostNodes = 300_000;

type Container = Extract<JsonNode, { complete: boolean; type: 'object' | 'array' }>;

const space = /[ \t\r\n]*/y;
// NaN and Infinity are not JSON, but Python writes them.
const literal = /(?:true|false|null|-?NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: raw line breaks in strings are accepted, as editors write them
const string = /"((?:[^"\\\u0000]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*)"/y;

function unescapeString(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(/\\(u[\da-fA-F]{4}|.)/gs, (_, code: string) =>
    code.length === 5
      ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
      : ({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[code] ?? code),
  );
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return `line ${line}, column ${at - before.lastIndexOf('\n')}`;
}

/**
 * Parses JSON into nodes, at any depth. Text that ends early gives the values so far; `isStart` says that this is expected,
 * as the text is the start of a larger file.
 */
export function parseJson(text: string, isStart = false): JsonDocument {
  const open: Container[] = [];
  let root: JsonNode | undefined;
  let name: string | undefined;
  let at = 0;
  let nodes = 0;

  const skip = () => {
    space.lastIndex = at;
    space.test(text);
    at = space.lastIndex;
  };
  const match = (expression: RegExp): RegExpExecArray | undefined => {
    expression.lastIndex = at;
    const found = expression.exec(text) ?? undefined;
    if (found) at = expression.lastIndex;
    return found;
  };
  const put = (node: JsonNode) => {
    nodes++;
    const parent = open.at(-1);
    if (!parent) root = node;
    else if (parent.type === 'array') parent.items.push(node);
    else {
      parent.entries.push([name!, node]);
      name = undefined;
    }
  };
  const failure = (what: string): JsonDocument => {
    const found = at < text.length ? `found ${JSON.stringify([...text.slice(at, at + 2)][0])}` : 'the text ends';
    const early = at >= text.length || (isStart && text.length - at < 16);
    if (isStart && early) return { root, problem: undefined, partial: true };
    return { root, problem: `${placeOf(text, at)}: expected ${what}, but ${found}`, partial: early };
  };
  const count = (container: Container) =>
    container.type === 'array' ? container.items.length : container.entries.length;

  /** Parses a string, or the start of one at the end of the text. */
  const readString = (): { text: string; complete: boolean } | undefined => {
    const found = match(string);
    if (found) return { text: unescapeString(found[1]!), complete: true };
    if (text[at] !== '"' || !/^"(?:[^"\\]|\\.)*\\?$/s.test(text.slice(at))) return undefined;
    const rest = unescapeString(text.slice(at + 1).replace(/\\(?:u[\da-fA-F]{0,3})?$/, ''));
    at = text.length;
    return { text: rest, complete: false };
  };

  /** Closes containers, and reads up to the next value. Returns a document if there is none. */
  const advance = (): JsonDocument | undefined => {
    for (;;) {
      skip();
      const parent = open.at(-1);
      if (!parent)
        return at < text.length ? failure('the end of the document') : { root, problem: undefined, partial: false };
      const end = parent.type === 'array' ? ']' : '}';
      if (text[at] !== end) break;
      at++;
      parent.complete = true;
      open.pop();
    }
    const parent = open.at(-1)!;
    if (count(parent) > 0) {
      if (text[at] !== ',') return failure(`"," or "${parent.type === 'array' ? ']' : '}'}"`);
      at++;
      skip();
    }
    return parent.type === 'object' ? readName() : undefined;
  };
  const readName = (): JsonDocument | undefined => {
    const found = readString();
    if (!found?.complete) return failure('a name in double quotes');
    name = found.text;
    skip();
    if (text[at] !== ':') return failure('":"');
    at++;
    skip();
    return undefined;
  };

  skip();
  for (;;) {
    const first = text[at];
    if (first === '{' || first === '[') {
      at++;
      const container: Container =
        first === '{'
          ? { type: 'object', entries: [], complete: false }
          : { type: 'array', items: [], complete: false };
      put(container);
      open.push(container);
    } else {
      const found = first === '"' ? readString() : undefined;
      const word = found ? undefined : match(literal)?.[0];
      if (found) put({ type: 'string', ...found });
      else if (word === undefined) return failure('a value');
      else if (word === 'true' || word === 'false') put({ type: 'boolean', text: word });
      else put({ type: word === 'null' ? 'null' : 'number', text: word });
    }
    if (nodes >= mostNodes) return { root, problem: undefined, partial: true };
    const done = advance();
    if (done) return done;
  }
}

/** Returns the value as text on one line, at most about `most` UTF-16 units long. */
export function summarize(node: JsonNode, most = 120): string {
  if (node.type === 'string')
    return JSON.stringify(node.text.length > most ? `${node.text.slice(0, most)}…` : node.text);
  if (node.type !== 'object' && node.type !== 'array') return node.text;
  const parts: string[] = [];
  let length = 2;
  const children = node.type === 'array' ? node.items.map((item) => ['', item] as const) : node.entries;
  for (const [name, child] of children.slice(0, most)) {
    const inner = child.type === 'object' ? '{…}' : child.type === 'array' ? '[…]' : summarize(child, most - length);
    const part = node.type === 'array' ? inner : `${JSON.stringify(name.slice(0, most))}: ${inner}`;
    length += part.length + 2;
    if (length > most) {
      parts.push('…');
      break;
    }
    parts.push(part);
  }
  return node.type === 'array' ? `[${parts.join(', ')}]` : `{${parts.join(', ')}}`;
}
