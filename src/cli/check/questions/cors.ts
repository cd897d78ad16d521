import { places } from '../places.ts';
import { found, type Group, type Question, type Reply, type Scene, type Stage } from '../question.ts';
import { openSession } from './uploads.ts';

const origins = {
  localhost: 'http://localhost:8080',
  other: 'https://example.com',
  kaggle: 'https://www.kaggle.com',
};

/** The preflight request of a page, and the request itself. */
interface Target {
  readonly id: string;
  readonly name: string;
  readonly stage: Stage;
  /** URL, method and headers of the request that a page needs to send. */
  preflight(scene: Scene): Promise<{ url: string; method: string; headers: string }>;
  request(scene: Scene, url: string, origin: string): Promise<Reply>;
}

const api: Target = {
  id: 'api',
  name: 'the API',
  stage: 'live',
  preflight: async ({ client }) => ({
    url: `${client.baseUrl}/kernels.KernelsApiService/ListKernels`,
    method: 'POST',
    headers: 'authorization,content-type',
  }),
  request: (scene, _url, origin) =>
    scene.ask('kernels.KernelsApiService/ListKernels', { pageSize: 1 }, { headers: { origin } }),
};

const upload: Target = {
  id: 'upload',
  name: 'the storage that uploads go to',
  stage: 'live',
  async preflight(scene) {
    const { url } = await scene.once('session for pages', () => openSession(scene, 'kaggle-ts-check.bin', 262_144));
    return { url, method: 'PUT', headers: 'content-range' };
  },
  request: (scene, url, origin) =>
    scene.send(url, { method: 'PUT', headers: { origin, 'content-range': 'bytes */262144' } }),
};

const storages: Target[] = places
  .filter(({ id }) => id !== 'archive')
  .map((place) => ({
    id: place.id === 'file' ? 'download' : 'output',
    name: `the storage of ${place.name}`,
    stage: place.stage,
    preflight: async (scene) => ({ url: await place.address(scene), method: 'GET', headers: 'range' }),
    request: (scene, url, origin) => scene.send(url, { headers: { origin } }),
  }));

function allowed({ headers }: Reply): string | undefined {
  const origin = headers.get('access-control-allow-origin');
  const shown = headers.get('access-control-expose-headers');
  return origin ? `allows ${origin}${shown ? `, shows ${shown}` : ''}` : undefined;
}

function question(target: Target, who: keyof typeof origins): Question {
  const origin = origins[who];
  return {
    id: `cors.${target.id}.${who}`,
    asks: `Does ${target.name} allow requests from a page on ${origin}?`,
    assumed: 'no: pages need a proxy',
    confidence: 'C',
    stage: target.stage,
    async answer(scene) {
      const { url, method, headers: wanted } = await target.preflight(scene);
      const headers = {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': wanted,
      };
      const before = await scene.send(url, { method: 'OPTIONS', headers });
      const reply = await target.request(scene, url, origin);
      const words = [before, reply].map((answer) => `${answer.status} ${allowed(answer) ?? 'allows nothing'}`);
      return found(!allowed(before) && !allowed(reply), `OPTIONS ${words[0]}; ${method} ${words[1]}`);
    },
  };
}

const questions = [api, upload, ...storages].flatMap((target) =>
  (Object.keys(origins) as (keyof typeof origins)[]).map((who) => question(target, who)),
);

export const cors: Group = { title: 'CORS', questions };
