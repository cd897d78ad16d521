import {
  brief,
  field,
  found,
  type Group,
  inShort,
  NotSeen,
  type Question,
  type Reply,
  type Scene,
} from '../question.ts';
import { calls, jsonOf, madeAt } from '../seen.ts';

const service = 'datasets.DatasetApiService';

/** Statuses of a version while it is processed, in order. */
const steps = [
  'NOT_YET_PERSISTED',
  'BLOBS_RECEIVED',
  'BLOBS_DECOMPRESSED',
  'BLOBS_COPIED_TO_SDS',
  'INDIVIDUAL_BLOBS_COMPRESSED',
  'READY',
];

/** Maximum seconds to wait until a version is ready. */
const longest = 1800;

function ours(scene: Scene): { ownerSlug: string; datasetSlug: string } {
  const { owner, slug } = scene.fact('dataset');
  return { ownerSlug: owner, datasetSlug: slug };
}

/** Statuses of the first version, until the second one is created. */
function firstStatuses(scene: Scene) {
  const until = madeAt(scene.exchanges, 'CreateDatasetVersion', 'upload version 2') ?? Number.POSITIVE_INFINITY;
  return calls(scene.exchanges, 'GetDatasetStatus')
    .filter(({ status, at, section }) => status !== undefined && at < until && !section.startsWith('delete '))
    .map((call) => ({
      ...call,
      word: call.status === 200 ? String(field(jsonOf(call), 'status') ?? 'NOT_YET_PERSISTED') : String(call.status),
    }));
}

/** Names in a recorded listing, requested with or without a page size. */
const listing = (scene: Scene, version: number, pageSize?: number): Promise<Reply> =>
  scene.ask(`${service}/ListDatasetFiles`, {
    ...ours(scene),
    datasetVersionNumber: version,
    ...(pageSize && { pageSize }),
  });

function countOf(reply: Reply): number {
  const files = field(reply.json, 'datasetFiles') ?? field(reply.json, 'files');
  if (!Array.isArray(files)) throw new NotSeen(`no files were listed: ${inShort(reply)}`);
  return files.length;
}

function page(
  id: string,
  asks: string,
  assumed: string,
  size: number | undefined,
  fits: (count: number) => boolean,
): Question {
  return {
    id,
    asks,
    assumed,
    confidence: 'B',
    stage: 'packed',
    async answer(scene) {
      const { version, files } = scene.fact('packed');
      if (files.length <= 20)
        throw new NotSeen(`the version has only ${files.length} files: its archive was not unpacked`);
      const count = countOf(await listing(scene, version, size));
      return found(fits(count), `${count} of ${files.length}`);
    },
  };
}

const questions: Question[] = [
  {
    id: 'dataset.hidden',
    asks: 'What is the status of a dataset right after its creation?',
    assumed: '403 or 404 at first',
    confidence: 'B',
    stage: 'created',
    async answer(scene) {
      const reply = await scene.ask(`${service}/GetDatasetStatus`, ours(scene));
      return found(
        reply.status === 403 || reply.status === 404,
        `${inShort(reply)} ${field(reply.json, 'status') ?? ''}`.trim(),
      );
    },
  },
  {
    id: 'dataset.refused',
    // Without a file, the call cannot create anything.
    asks: 'Is a second version refused while the first one is being processed?',
    assumed: "403, Permission 'datasets.update' was denied",
    confidence: 'A',
    stage: 'created',
    async answer(scene) {
      const body = { versionNotes: 'check', files: [] };
      const reply = await scene.ask(`${service}/CreateDatasetVersion`, { ...ours(scene), body });
      const after = await scene.ask(`${service}/GetDatasetStatus`, ours(scene));
      if (field(after.json, 'status') === 'READY') throw new NotSeen('the first version was READY before the request');
      return found(reply.status === 403 && reply.text.includes('datasets.update'), inShort(reply));
    },
  },
  {
    id: 'dataset.taken',
    asks: 'What is the error for a slug that exists?',
    assumed: 'status 200 with the error: The requested title "..." is already in use by a dataset',
    confidence: 'A',
    stage: 'ready',
    async answer(scene) {
      const { owner, slug, title } = scene.fact('dataset');
      const request = { ownerSlug: owner, slug, title, isPrivate: true, files: [] };
      const reply = await scene.ask(`${service}/CreateDataset`, request);
      const said = String(field(reply.json, 'error') ?? '');
      const shown = reply.status === 200 ? `200, ${brief(said)}` : inShort(reply);
      return found(reply.status === 200 && /already in use/i.test(said), shown);
    },
  },
  {
    id: 'dataset.number',
    asks: 'Does the response of CreateDatasetVersion contain the version number?',
    assumed: 'no',
    confidence: 'A',
    stage: 'end',
    answer(scene) {
      const call = calls(scene.exchanges, 'CreateDatasetVersion').find(({ status }) => status === 200);
      if (!call) throw new NotSeen('no version was created');
      const names = Object.keys((jsonOf(call) ?? {}) as object);
      return found(!names.some((name) => /version/i.test(name)), names.join(', '));
    },
  },
  {
    id: 'dataset.statuses',
    asks: 'Which statuses does a version go through?',
    assumed: steps.join(', '),
    confidence: 'A',
    stage: 'end',
    answer(scene) {
      const words = firstStatuses(scene)
        .filter(({ status }) => status === 200)
        .map(({ word }) => word);
      if (words.length === 0) throw new NotSeen('no status was returned');
      const order = words.map((word) => steps.indexOf(word));
      const agrees = order.every((place, index) => place >= 0 && place >= (order[index - 1] ?? 0));
      return found(agrees, [...new Set(words)].join(', '));
    },
  },
  {
    id: 'time.ready',
    asks: 'How long does it take until the first version is READY?',
    assumed: `at most ${longest} s`,
    confidence: 'C',
    stage: 'end',
    answer(scene) {
      const from = madeAt(scene.exchanges, 'CreateDataset', 'upload version 1');
      const ready = firstStatuses(scene).find(({ word }) => word === 'READY');
      if (from === undefined || ready?.answeredAt === undefined) throw new NotSeen('the version was not READY');
      const seconds = (ready.answeredAt - from) / 1000;
      return found(seconds <= longest, `${seconds.toFixed(1)} s`);
    },
  },
  {
    id: 'dataset.listed',
    asks: 'Does a READY version list every file?',
    assumed: 'yes',
    confidence: 'B',
    stage: 'end',
    answer(scene) {
      const listings = calls(scene.exchanges, 'ListDatasetFiles').filter(
        ({ section, status }) => section === 'wait for version 1' && status === 200,
      );
      if (listings.length === 0) throw new NotSeen('no files were listed');
      const count = (field(jsonOf(listings[0]!), 'datasetFiles') as unknown[] | undefined)?.length ?? 0;
      return found(
        count === 4,
        `${count} of 4 in the first of ${listings.length === 1 ? '1 listing' : `${listings.length} listings`}`,
      );
    },
  },
  page('dataset.page', 'How many files does a page of a listing contain?', '20', undefined, (count) => count === 20),
  page('dataset.page-200', 'Can a page of a listing have 200 files?', 'yes', 200, (count) => count > 20),
  page('dataset.page-500', 'Can a page of a listing have 500 files?', 'yes', 500, (count) => count > 20),
];

export const datasets: Group = { title: 'Datasets', questions };
