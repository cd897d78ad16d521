import { askForFile, datasetAddress, listedOutput, type Place, places, wholeOf } from '../places.ts';
import { checksums, found, type Group, inShort, NotSeen, type Question, type Reply } from '../question.ts';

const partOf = { headers: { range: 'bytes=1-4' } };

const ranged = ({ status, headers }: Reply) => `${status}, Content-Range ${headers.get('content-range') ?? 'none'}`;

const isPart = ({ status, headers }: Reply) =>
  status === 206 && /^bytes 1-4\/\d+$/.test(headers.get('content-range') ?? '');

/** Properties of one kind of URL that downloads rely on. */
function ofPlace(place: Place): Question[] {
  const { id, name, stage } = place;
  return [
    {
      id: `hash.${id}`,
      asks: `Which checksums does x-goog-hash contain for ${name}?`,
      assumed: 'crc32c, md5',
      confidence: 'C',
      stage,
      answer: async (scene) => checksums((await wholeOf(scene, place)).headers.get('x-goog-hash')),
    },
    {
      id: `etag.${id}`,
      asks: `Does ${name} have an ETag?`,
      assumed: 'yes, a strong one',
      confidence: 'C',
      stage,
      async answer(scene) {
        const value = (await wholeOf(scene, place)).headers.get('etag');
        return found(
          value?.startsWith('"') === true,
          value ? (value.startsWith('W/') ? 'yes, a weak one' : 'yes') : 'no',
        );
      },
    },
    {
      id: `range.${id}`,
      asks: `Is Range supported for ${name}?`,
      assumed: '206 with Content-Range',
      confidence: id === 'output' ? 'C' : 'A',
      stage,
      async answer(scene) {
        const reply = await scene.send(await place.address(scene), partOf);
        return found(isPart(reply), ranged(reply));
      },
    },
    {
      id: `if-range.same.${id}`,
      asks: `What is the response with If-Range for ${name}, if the ETag matches?`,
      assumed: '206',
      confidence: 'C',
      stage,
      async answer(scene) {
        const etag = (await wholeOf(scene, place)).headers.get('etag');
        if (!etag) throw new NotSeen('there is no ETag');
        const headers = { ...partOf.headers, 'if-range': etag };
        const reply = await scene.send(await place.address(scene), { headers });
        return found(isPart(reply), ranged(reply));
      },
    },
    {
      id: `if-range.other.${id}`,
      asks: `What is the response with If-Range for ${name}, if the ETag differs?`,
      assumed: '200 with the whole file',
      confidence: 'C',
      stage,
      async answer(scene) {
        const headers = { ...partOf.headers, 'if-range': '"another"' };
        const reply = await scene.send(await place.address(scene), { headers });
        return found(reply.status === 200, ranged(reply));
      },
    },
  ];
}

/** Whether a single file is sent unchanged or as a zip archive. */
function wrapping(id: string, file: string, what: string, packs: boolean): Question {
  const [stage, version] = file.startsWith('large.') ? (['packed', undefined] as const) : (['ready', 1] as const);
  return {
    id: `wrap.${id}`,
    asks: `Is ${what} zipped if it is downloaded alone?`,
    assumed: packs ? 'yes, as .zip' : 'no',
    confidence: id.startsWith('large') ? 'B' : 'C',
    stage,
    async answer(scene) {
      const address = await datasetAddress(scene, version ?? scene.fact('packed').version, file);
      const isPacked = new URL(address).pathname.endsWith('.zip');
      return found(isPacked === packs, isPacked ? 'yes, as .zip' : 'no');
    },
  };
}

const questions: Question[] = [
  {
    id: 'download.redirect',
    asks: 'How is a file of a dataset downloaded?',
    assumed: '302 redirect to the storage',
    confidence: 'A',
    stage: 'ready',
    async answer(scene) {
      const reply = await askForFile(scene, 1, 'folder/bytes.bin');
      return found(reply.status === 302 && reply.headers.has('location'), inShort(reply));
    },
  },
  {
    id: 'download.folder',
    asks: 'What is the error for a folder requested as a file?',
    assumed: '404',
    confidence: 'B',
    stage: 'ready',
    async answer(scene) {
      const reply = await askForFile(scene, 1, 'folder');
      return found(reply.status === 404, inShort(reply));
    },
  },
  {
    id: 'address.dataset',
    asks: 'Where is the signature in the URL of a dataset file?',
    assumed: 'in the query (GOOG4-RSA-SHA256)',
    confidence: 'A',
    stage: 'ready',
    async answer(scene) {
      const { hostname, searchParams } = new URL(await datasetAddress(scene, 1, 'folder/bytes.bin'));
      const algorithm = searchParams.get('X-Goog-Algorithm');
      const agrees = algorithm === 'GOOG4-RSA-SHA256' && searchParams.has('X-Goog-Signature');
      return found(agrees, `${hostname}, query: ${[...searchParams.keys()].join(', ') || 'none'}`);
    },
  },
  {
    id: 'address.lifetime',
    asks: 'How long is the URL of a dataset file valid?',
    assumed: '259200 s',
    confidence: 'A',
    stage: 'ready',
    async answer(scene) {
      const seconds = Number(
        new URL(await datasetAddress(scene, 1, 'folder/bytes.bin')).searchParams.get('X-Goog-Expires'),
      );
      if (!seconds) throw new NotSeen('the URL does not contain it');
      return found(Math.abs(seconds - 259_200) <= 1, `${seconds} s`);
    },
  },
  {
    id: 'address.archive',
    asks: 'What is the name of the archive of a version?',
    assumed: 'bundle/archive.zip',
    confidence: 'A',
    stage: 'ready',
    async answer(scene) {
      const parts = new URL(await datasetAddress(scene, 1)).pathname.split('/').slice(-2);
      return found(parts.join('/') === 'bundle/archive.zip', parts.join('/'));
    },
  },
  {
    id: 'address.output',
    asks: 'Where is the signature in the URL of an output file?',
    assumed: 'in the path: /kf/<number>/<signature>/<name>',
    confidence: 'A',
    stage: 'done',
    async answer(scene) {
      const { hostname, pathname, search } = new URL(await places[2]!.address(scene));
      const agrees = /^\/kf\/\d+\/eyJ[^/]+\/folder\/bytes\.bin$/.test(pathname) && search === '';
      const shape = pathname.replace(/\d+/g, 'N').replace(/[\w.+=~-]{24,}/g, '<secret>');
      return found(agrees, `${hostname}${shape}${search && ', and a query'}`);
    },
  },
  {
    id: 'address.output-name',
    asks: 'Is the file name in the URL of an output file escaped?',
    assumed: 'no',
    confidence: 'A',
    stage: 'done',
    async answer(scene) {
      const file = (await listedOutput(scene)).find(({ fileName }) => fileName.normalize('NFC') === 'größe 1.txt');
      if (!file) throw new NotSeen('"größe 1.txt" is not listed');
      return found(file.url.endsWith(file.fileName), file.url.endsWith(file.fileName) ? 'no' : 'yes');
    },
  },
  {
    id: 'errors.storage',
    asks: 'What is the form of errors of the storage?',
    assumed: 'XML',
    confidence: 'B',
    stage: 'ready',
    async answer(scene) {
      const address = new URL(await datasetAddress(scene, 1, 'folder/bytes.bin'));
      address.searchParams.set('X-Goog-Signature', '00');
      const reply = await scene.send(address.href);
      if (reply.status < 400) throw new NotSeen(`a wrong signature returned ${reply.status}`);
      const isXml = reply.text.trimStart().startsWith('<?xml');
      return found(
        isXml,
        `${reply.status}, ${isXml ? 'XML' : (reply.headers.get('content-type') ?? 'no content type')}`,
      );
    },
  },
  wrapping('csv', 'table.csv', 'a small .csv', false),
  wrapping('txt', 'empty.txt', 'an empty .txt', false),
  wrapping('bin', 'folder/bytes.bin', 'a .bin', false),
  wrapping('large-csv', 'large.csv', 'a .csv of 1.2 MB', true),
  wrapping('large-txt', 'large.txt', 'a .txt of 1.2 MB', true),
  wrapping('large-bin', 'large.bin', 'a .bin of 1.2 MB', false),
  ...places.flatMap(ofPlace),
];

export const downloads: Group = { title: 'Downloads', questions };
