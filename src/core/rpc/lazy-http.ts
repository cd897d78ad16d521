import type { KyInstance, Options, ResponsePromise } from 'ky';
import type { KaggleClient } from './client.ts';

const verbs = ['get', 'post', 'put', 'patch', 'head', 'delete', 'query'] as const;
const shortcuts = ['json', 'text', 'formData', 'arrayBuffer', 'blob', 'bytes'] as const;

type Arguments = Parameters<KyInstance>;
type Shortcut = (schema?: unknown) => Promise<unknown>;

/**
 * Returns a ky instance that loads ky with its first request. `stop` and `retry`, which hooks return, are available from then on.
 */
function lazyKy(load: () => Promise<KyInstance>): KyInstance {
  let ky: KyInstance | undefined;

  const request =
    (send: (ky: KyInstance) => (...args: Arguments) => ResponsePromise) =>
    (...args: Arguments): Promise<Response> => {
      const ready = Promise.resolve(ky ?? load());
      let answer: ResponsePromise | undefined;
      const response = ready.then((loaded) => {
        ky = loaded;
        answer = send(ky)(...args);
        return answer;
      });
      // A shortcut sets the Accept header, so it must reach ky before the request is sent: it waits for the same promise.
      const read = (name: (typeof shortcuts)[number]) => (schema?: unknown) => {
        response.catch(() => {});
        return ready.then(() => (answer ? (answer[name] as Shortcut)(schema) : response));
      };
      return Object.assign(response, Object.fromEntries(shortcuts.map((name) => [name, read(name)])));
    };

  const derive = (how: 'create' | 'extend') => (options: Options) =>
    lazyKy(async () => (ky ?? (await load()))[how](options));

  const instance = Object.assign(
    request((loaded) => loaded),
    Object.fromEntries(verbs.map((verb) => [verb, request((loaded) => loaded[verb])])),
    { create: derive('create'), extend: derive('extend') },
  );
  return Object.defineProperties(instance, {
    stop: { get: () => ky?.stop },
    retry: { get: () => ky?.retry },
  }) as unknown as KyInstance;
}

/** `http(client)`, loaded with its first request. */
export function lazyHttp(client: KaggleClient): KyInstance {
  return lazyKy(async () => (await import('./http.ts')).http(client));
}
