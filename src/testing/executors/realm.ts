/** A global scope inside of the worker in which there is the language and nothing of the machine. */
import { loadVm } from '../runtime-modules.ts';

export interface Realm {
  /** Runs the text of a script. */
  run(text: string, name: string): unknown;
  /** The same function made anew inside: of its text only, so it must not use anything outside of itself. */
  enclose<F extends (...values: never[]) => unknown>(inner: F): F;
}

/** What ECMAScript itself defines, and WebAssembly; not `Intl`, which tells where the machine is. */
const language = new Set(
  `globalThis Infinity NaN undefined eval isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape unescape AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array
  BigUint64Array Boolean DataView Date DisposableStack Error EvalError FinalizationRegistry Float16Array Float32Array
  Float64Array Function Int8Array Int16Array Int32Array Iterator JSON Map Math Number Object Promise Proxy RangeError
  ReferenceError Reflect RegExp Set SharedArrayBuffer String SuppressedError Symbol SyntaxError Temporal TypeError
  Uint8Array Uint8ClampedArray Uint16Array Uint32Array URIError WeakMap WeakRef WeakSet WebAssembly`.split(/\s+/),
);

/** Takes all names from a global scope that the language does not define; those that it could not. */
function strip(scope: object): PropertyKey[] {
  return Reflect.ownKeys(scope).filter((key) => !language.has(key as string) && !Reflect.deleteProperty(scope, key));
}

/**
 * Takes away what makes code of text: `Function` and its three siblings, which every function leads to as its `constructor`.
 * What stands in for them refuses, and is good for `instanceof`.
 */
function tame(): void {
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
 * Makes the scope. Text is not compiled in it after its start, there is no loader of modules behind its `import()`, and
 * the scope around it, which a stray object may still belong to, makes no code of text either.
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
  enclose(tame)();
  tame();
  return { run, enclose };
}

/** Empties the scope around the realm, as far as the runtime lets it (Bun keeps `Bun`). */
export function emptyOuterScope(): void {
  strip(globalThis);
}
