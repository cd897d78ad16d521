interface Dispatcher {
  dispatch: unknown;
  [key: symbol]: Record<string, unknown> | undefined;
}

/**
 * Whether a dispatcher of undici is a plain `Agent`: without options (certificate authority, proxy, socket) and without
 * interceptors.
 */
function isDefault(dispatcher: Dispatcher): boolean {
  if (dispatcher.constructor.name !== 'Agent') return false;
  if (dispatcher.dispatch !== Object.getPrototypeOf(dispatcher).dispatch) return false;
  const key = Object.getOwnPropertySymbols(dispatcher).find(({ description }) => description === 'options');
  const options = key && dispatcher[key];
  return options !== undefined && Object.values(options).every((value) => value === undefined || value === Infinity);
}

/**
 * Whether requests can bypass `fetch`. They cannot if the program has set a global dispatcher, replaced `fetch`, or told Node to use the
 * proxy variables, all of which must also apply to transfers.
 */
export function isDefaultFetch(env: (name: string) => string | undefined): boolean {
  if (env('NODE_USE_ENV_PROXY') === '1') return false;
  if (!Function.prototype.toString.call(fetch).startsWith('function fetch(input, init = undefined)')) return false;
  const symbols = globalThis as { [key: symbol]: Dispatcher | undefined };
  // Node 26 stores its dispatcher under the second name, and a wrapper for older copies of undici under the first.
  return ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].every((name) => {
    const dispatcher = symbols[Symbol.for(name)];
    return !dispatcher || dispatcher.constructor.name === 'Dispatcher1Wrapper' || isDefault(dispatcher);
  });
}
