/**
 * Assembles a subset of the WebAssembly text format: a module with one exported memory and exported functions without results,
 * with i32 parameters, named locals and one instruction per line. Other assemblers accept the same source.
 */

/** Opcodes of the supported instructions. Immediates follow them. */
const opcodes: Record<string, readonly number[]> = {
  'local.get': [0x20],
  'local.set': [0x21],
  'local.tee': [0x22],
  'i32.const': [0x41],
  'i32.add': [0x6a],
  'i32.lt_u': [0x49],
  br_if: [0x0d],
  loop: [0x03, 0x40],
  end: [0x0b],
  'v128.load': [0xfd, 0x00],
  'v128.store': [0xfd, 0x0b],
  'v128.xor': [0xfd, 0x51],
};

const i32 = 0x7f;
const locals: Record<string, number> = { i32, v128: 0x7b };

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const rest = value >> 7;
  const done = (rest === 0 && (value & 64) === 0) || (rest === -1 && (value & 64) !== 0);
  return done ? [value & 127] : [(value & 127) | 128, ...signed(rest)];
}

const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const text = (value: string): number[] => list([...new TextEncoder().encode(value)].map((byte) => [byte]));
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const section = (id: number, items: readonly (readonly number[])[]): number[] => [id, ...sized(list(items))];

interface Func {
  name: string;
  parameters: number;
  body: number[];
}

function instruction(tokens: readonly string[], names: readonly string[]): number[] {
  const [name = '', operand = ''] = tokens;
  const opcode = opcodes[name];
  if (!opcode) throw new Error(`unknown instruction: ${tokens.join(' ')}`);
  if (name === 'i32.const') return [...opcode, ...signed(Number(operand))];
  if (name === 'br_if') return [...opcode, ...unsigned(Number(operand))];
  if (name.startsWith('local.')) {
    if (!names.includes(operand)) throw new Error(`unknown local: ${tokens.join(' ')}`);
    return [...opcode, ...unsigned(names.indexOf(operand))];
  }
  if (/\.(load|store)$/.test(name)) return [...opcode, 0, 0];
  return [...opcode];
}

function func(source: string): Func {
  const [head = '', ...lines] = source.split('\n');
  const names = [...source.matchAll(/\((?:param|local) (\$\w+) (\w+)\)/g)];
  const own = names.filter(([whole]) => whole.startsWith('(local'));
  const body = lines
    .map((line) => line.trim())
    .filter((line) => /^\w/.test(line))
    .map((line) => line.replace(/\)+$/, ''))
    .map((line) =>
      instruction(
        line.split(/\s+/),
        names.map((match) => match[1]!),
      ),
    );
  return {
    name: /\(export "(\w+)"\)/.exec(head)?.[1] ?? '',
    parameters: names.length - own.length,
    body: sized([...list(own.map((match) => [1, locals[match[2]!]!])), ...body.flat(), 0x0b]),
  };
}

/** The module's bytes. */
export function assemble(source: string): Uint8Array {
  const plain = source.replaceAll(/;;.*/g, '');
  const pages = Number(/\(memory .*?(\d+)\)/.exec(plain)?.[1]);
  const functions = plain
    .split(/^ *\(func /m)
    .slice(1)
    .map(func);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map((f) => [0x60, ...list(Array(f.parameters).fill([i32])), 0]),
    ),
    ...section(
      3,
      functions.map((_, index) => [index]),
    ),
    ...section(5, [[0, ...unsigned(pages)]]),
    ...section(7, [
      [...text('memory'), 2, 0],
      ...functions.map((f, index) => [...text(f.name), 0, ...unsigned(index)]),
    ]),
    ...section(
      10,
      functions.map((f) => f.body),
    ),
  ]);
}
