/** A global scope inside the worker that contains the language and nothing of the machine. */
import { loadVm } from '../runtime-modules.ts';

export interface Realm {
  /** Runs the text of a script. */
  run(text: string, name: string): unknown;
  /** Compiles a function again inside the scope, from its source text. It must not use anything outside of itself. */
  enclose<F extends (...values: never[]) => unknown>(inner: F): F;
}

/** The globals of ECMAScript and WebAssembly, without `Intl`, which reveals the location of the machine. */
const language = new Set(
  `globalThis Infinity NaN undefined eval isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape unescape AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array
  BigUint64Array Boolean DataView Date DisposableStack Error EvalError FinalizationRegistry Float16Array Float32Array
  Float64Array Function Int8Array Int16Array Int32Array Iterator JSON Map Math Number Object Promise Proxy RangeError
  ReferenceError Reflect RegExp Set SharedArrayBuffer String SuppressedError Symbol SyntaxError Temporal TypeError
  Uint8Array Uint8ClampedArray Uint16Array Uint32Array URIError WeakMap WeakRef WeakSet WebAssembly`.split(/\s+/),
);

/** Removes all other names from a global scope. Returns those that cannot be removed. */
function strip(scope: object): PropertyKey[] {
  return Reflect.ownKeys(scope).filter((key) => !language.has(key as string) && !Reflect.deleteProperty(scope, key));
}

/**
 * Replaces `Function` and its three variants, which compile strings and can be reached by the `constructor` of every
 * function. The replacement throws, but works with `instanceof`.
 */
function disableCompilation(): void {
  const refuse = function refuse() {
    throw new EvalError('the emulator does not compile strings as JavaScript');
  };
  refuse.prototype = Function.prototype;
  const kinds = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const kind of kinds)
    Object.defineProperty(Object.getPrototypeOf(kind), 'constructor', { value: refuse, configurable: false });
  Object.defineProperty(globalThis, 'Function', { value: refuse });
}

/**
 * Creates the scope. It does not compile strings, and its `import()` has no module loader. The outer scope does not
 * compile strings either, in case a kernel gets hold of an object of it.
 */
export async function createRealm(): Promise<Realm> {
  const { createContext, Script, constants } = await loadVm();
  const scope = createContext(constants.DONT_CONTEXTIFY, { codeGeneration: { strings: false, wasm: true } });
  const left = strip(scope);
  if (left.length > 0)
    throw new Error(
      `cannot isolate the kernel: ${left.map(String).join(', ')} cannot be removed from its global scope`,
    );
  const run = (text: string, name: string) => new Script(text, { filename: name }).runInContext(scope);
  const enclose = <F>(inner: F) => run(`'use strict'; (${inner})`, 'emulator') as F;
  enclose(disableCompilation)();
  disableCompilation();
  return { run, enclose };
}

/** Empties the outer scope, as far as the runtime allows it (Bun keeps `Bun`). */
export function emptyOuterScope(): void {
  strip(globalThis);
}
