interface Dispatcher {
  dispatch: unknown;
  [key: symbol]: Record<string, unknown> | undefined;
}

/**
 * Whether a dispatcher of undici sends requests as they are: an `Agent` to which no option was given (an authority, a
 * proxy, a socket) and around which no interceptor was composed.
 */
function isDefault(dispatcher: Dispatcher): boolean {
  if (dispatcher.constructor.name !== 'Agent') return false;
  if (dispatcher.dispatch !== Object.getPrototypeOf(dispatcher).dispatch) return false;
  const key = Object.getOwnPropertySymbols(dispatcher).find(({ description }) => description === 'options');
  const options = key && dispatcher[key];
  return options !== undefined && Object.values(options).every((value) => value === undefined || value === Infinity);
}

/**
 * Whether requests may go past `fetch`. Not where the program has set a dispatcher of its own for all requests, replaced
 * `fetch`, or told Node to use the proxy variables: all of that must count for transfers as well.
 */
export function isDefaultFetch(env: (name: string) => string | undefined): boolean {
  if (env('NODE_USE_ENV_PROXY') === '1') return false;
  if (!Function.prototype.toString.call(fetch).startsWith('function fetch(input, init = undefined)')) return false;
  const symbols = globalThis as { [key: symbol]: Dispatcher | undefined };
  // Node 26 keeps its dispatcher under the second name, and under the first one a wrapper for older copies of undici.
  return ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].every((name) => {
    const dispatcher = symbols[Symbol.for(name)];
    return !dispatcher || dispatcher.constructor.name === 'Dispatcher1Wrapper' || isDefault(dispatcher);
  });
}
