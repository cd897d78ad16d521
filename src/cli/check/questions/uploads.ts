import {
  brief,
  checksums,
  field,
  found,
  type Group,
  inShort,
  NotSeen,
  type Question,
  type Reply,
  type Scene,
} from '../question.ts';
import { calls, jsonOf } from '../seen.ts';

/** Parts of a resumable session are multiples of this, in bytes. */
const granule = 262_144;

/** An upload session whose bytes no dataset uses. */
export async function openSession(scene: Scene, name: string, size: number): Promise<{ url: string; token: string }> {
  const reply = await scene.ask('blobs.BlobApiService/StartBlobUpload', { type: 'DATASET', name, contentLength: size });
  const [url, token] = [field(reply.json, 'createUrl'), field(reply.json, 'token')];
  if (typeof url !== 'string' || typeof token !== 'string')
    throw new NotSeen(`no upload was started: ${inShort(reply)}`);
  return { url, token };
}

const put = (scene: Scene, url: string, range: string, body?: BodyInit) =>
  scene.send(url, { method: 'PUT', headers: { 'content-range': `bytes ${range}` }, ...(body && { body }) });

const stored = ({ status, headers }: Reply) => `${status}, Range ${headers.get('range') ?? 'none'}`;

/** A session of three parts: queries the status, sends the first and the third part, and queries again. */
const outOfOrder = (scene: Scene) =>
  scene.once('out of order', async () => {
    const total = 3 * granule;
    const { url } = await openSession(scene, 'kaggle-ts-check.bin', total);
    const part = new Uint8Array(granule);
    const empty = await put(scene, url, `*/${total}`);
    const first = await put(scene, url, `0-${granule - 1}/${total}`, part);
    const third = await put(scene, url, `${2 * granule}-${total - 1}/${total}`, part);
    const after = await put(scene, url, `*/${total}`);
    return { empty, first, third, after };
  });

/** Two concurrent PUTs of the whole file: the first stalls in the middle until the second has a response. */
async function twoAtOnce(scene: Scene): Promise<{ first: Reply; second: Reply }> {
  const { url } = await openSession(scene, 'kaggle-ts-check.bin', granule);
  let goOn = () => {};
  const secondIsOver = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let begun = () => {};
  const firstHasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let sent = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (sent === 1) {
          begun();
          await secondIsOver;
        }
        if (sent++ < 2) controller.enqueue(new Uint8Array(granule / 2));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const headers = { 'content-range': `bytes 0-${granule - 1}/${granule}`, 'content-length': String(granule) };
  const first = scene.send(url, { method: 'PUT', headers, body, duplex: 'half' });
  await Promise.race([firstHasBegun, first]);
  const second = await put(scene, url, `0-${granule - 1}/${granule}`, new Uint8Array(granule));
  goOn();
  return { first: await first, second };
}

/** The final responses of uploads of the check's own files. */
function lastAnswers(scene: Scene) {
  const ended = scene.exchanges.filter(({ method, status, section }) => {
    return method === 'PUT' && status === 200 && section.startsWith('upload ');
  });
  if (ended.length === 0) throw new NotSeen('no upload was completed');
  return ended;
}

const questions: Question[] = [
  {
    id: 'upload.type',
    asks: 'Does StartBlobUpload require type?',
    assumed: 'yes: 400 without it',
    confidence: 'A',
    stage: 'live',
    async answer(scene) {
      const reply = await scene.ask('blobs.BlobApiService/StartBlobUpload', {
        name: 'kaggle-ts-check.bin',
        contentLength: 1,
      });
      return found(reply.status === 400, inShort(reply));
    },
  },
  {
    id: 'upload.session',
    asks: 'What is the URL of an upload?',
    assumed: 'a resumable session at /upload/storage/v1/b/kaggle-data-sets/o',
    confidence: 'A',
    stage: 'end',
    answer(scene) {
      const call = calls(scene.exchanges, 'StartBlobUpload').find(({ status }) => status === 200);
      const address = field(call && jsonOf(call), 'createUrl');
      if (typeof address !== 'string') throw new NotSeen('no upload was started');
      const { hostname, pathname, searchParams } = new URL(address);
      const session = searchParams.get('uploadType') === 'resumable' && searchParams.has('upload_id');
      const agrees = session && pathname === '/upload/storage/v1/b/kaggle-data-sets/o';
      return found(agrees, `${hostname}${pathname}, with ${[...searchParams.keys()].join(', ')}`);
    },
  },
  {
    id: 'upload.last',
    asks: 'What is the last response of an upload?',
    assumed: '200 with the object: size as a string, md5Hash, timeFinalized',
    confidence: 'A',
    stage: 'end',
    answer(scene) {
      const object = jsonOf(lastAnswers(scene)[0]!);
      const agrees =
        typeof field(object, 'size') === 'string' && !!field(object, 'md5Hash') && !!field(object, 'timeFinalized');
      return found(agrees, brief(Object.keys((object ?? {}) as object).join(', ')) || 'not JSON');
    },
  },
  {
    id: 'upload.hash',
    asks: 'Which checksums does its x-goog-hash contain?',
    assumed: 'crc32c, md5',
    confidence: 'C',
    stage: 'end',
    answer: (scene) => checksums(lastAnswers(scene)[0]!.answer?.get('x-goog-hash')),
  },
  {
    id: 'upload.inbox',
    asks: 'What is the name of the uploaded object?',
    assumed: 'inbox/...',
    confidence: 'B',
    stage: 'end',
    answer(scene) {
      const name = String(field(jsonOf(lastAnswers(scene)[0]!), 'name') ?? '');
      return found(name.startsWith('inbox/'), name ? `${name.split('/')[0]}/...` : 'no name');
    },
  },
  {
    id: 'upload.query',
    asks: 'What is the status of an empty upload session?',
    assumed: '308 without Range',
    confidence: 'A',
    stage: 'live',
    async answer(scene) {
      const { empty } = await outOfOrder(scene);
      return found(empty.status === 308 && !empty.headers.has('range'), stored(empty));
    },
  },
  {
    id: 'upload.part',
    asks: 'What is the response to the first part?',
    assumed: '308 with Range: bytes=0-K',
    confidence: 'A',
    stage: 'live',
    async answer(scene) {
      const { first } = await outOfOrder(scene);
      return found(first.status === 308 && first.headers.get('range') === `bytes=0-${granule - 1}`, stored(first));
    },
  },
  {
    id: 'upload.order',
    asks: 'What is the response to a part out of order?',
    assumed: 'the connection is closed',
    confidence: 'B',
    stage: 'live',
    async answer(scene) {
      const { third } = await outOfOrder(scene);
      return found(third.status === 0, inShort(third));
    },
  },
  {
    id: 'upload.order-after',
    asks: 'Can the upload session continue after a part out of order?',
    assumed: 'yes, after the stored part',
    confidence: 'B',
    stage: 'live',
    async answer(scene) {
      const { after } = await outOfOrder(scene);
      return found(after.status === 308 && after.headers.get('range') === `bytes=0-${granule - 1}`, stored(after));
    },
  },
  {
    id: 'upload.gap',
    asks: 'What is the response to a later part if nothing is stored?',
    assumed: '400',
    confidence: 'B',
    stage: 'live',
    async answer(scene) {
      const total = 2 * granule;
      const { url } = await openSession(scene, 'kaggle-ts-check.bin', total);
      const reply = await put(scene, url, `${granule}-${total - 1}/${total}`, new Uint8Array(granule));
      return found(reply.status === 400, inShort(reply));
    },
  },
  {
    id: 'upload.twice',
    asks: 'What are the responses to two concurrent PUTs?',
    assumed: 'at least one connection is closed',
    confidence: 'B',
    stage: 'live',
    async answer(scene) {
      const { first, second } = await twoAtOnce(scene);
      return found(
        first.status === 0 || second.status === 0,
        `the first: ${inShort(first)}; the second: ${inShort(second)}`,
      );
    },
  },
  {
    id: 'upload.expired',
    asks: 'What is the status of an upload session that does not exist?',
    assumed: '404',
    confidence: 'A',
    stage: 'live',
    async answer(scene) {
      const { url } = await openSession(scene, 'kaggle-ts-check.bin', granule);
      const other = new URL(url);
      other.searchParams.set('upload_id', 'ABg5-kaggle-ts-check-no-such-session');
      const reply = await put(scene, other.href, `*/${granule}`);
      return found(reply.status === 404, inShort(reply));
    },
  },
];

export const uploads: Group = { title: 'Uploads', questions };
