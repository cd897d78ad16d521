import { bearer } from '../../../core/auth/credential.ts';
import { randomSuffix, titleOf } from '../../names.ts';
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
import { jsonOf } from '../seen.ts';

const getKernel = 'kernels.KernelsApiService/GetKernel';
const createDataset = 'datasets.DatasetApiService/CreateDataset';

const missingKernel = (scene: Scene) =>
  scene.once('missing kernel', () =>
    scene.ask(getKernel, { userName: scene.fact('user'), kernelSlug: `kaggle-ts-check-${randomSuffix()}` }),
  );

/** Requests a dataset without files, which the server rejects whatever its name is. */
function nothingMade(scene: Scene, slug: string, more: object = {}): Promise<Reply> {
  const request = {
    ownerSlug: scene.fact('user'),
    slug,
    title: titleOf(slug).slice(0, 50),
    isPrivate: true,
    files: [],
  };
  return scene.ask(createDataset, { ...request, ...more });
}

/** A refusal in a response with HTTP 200, with this text. */
function inside(reply: Reply, words: RegExp) {
  const error = field(reply.json, 'error');
  const said = typeof error === 'string' ? error : '';
  return found(reply.status === 200 && words.test(said), reply.status === 200 ? `200, ${brief(said)}` : inShort(reply));
}

/** Base URL of the REST API, if there is one. Kaggle's has another host than the RPCs. */
async function rest(scene: Scene): Promise<string> {
  const { hostname, origin } = new URL(scene.client.baseUrl);
  const base = `${hostname === 'api.kaggle.com' ? 'https://www.kaggle.com' : origin}/api/v1`;
  const { status } = await scene.once('rest', () => scene.send(`${base}/datasets/list`));
  if (status === 404 || status === 0) throw new NotSeen('the server has no REST interface');
  return base;
}

const questions: Question[] = [
  {
    id: 'errors.shape',
    asks: 'What is the form of errors of the RPC host?',
    assumed: '{"error":{"code","message","status"}}',
    confidence: 'A',
    stage: 'live',
    async answer(scene) {
      const reply = await missingKernel(scene);
      if (reply.status < 400) throw new NotSeen(`the response was ${reply.status}, not an error`);
      const names = ['code', 'message', 'status'].filter((name) => field(reply.json, 'error', name) !== undefined);
      return found(
        names.length === 3,
        names.length > 0 ? `error: ${names.join(', ')}` : `not nested: ${inShort(reply)}`,
      );
    },
  },
  {
    id: 'errors.missing-kernel',
    asks: 'What is the error for a kernel that does not exist?',
    assumed: "403, Permission 'kernels.get' was denied",
    confidence: 'A',
    stage: 'live',
    async answer(scene) {
      const reply = await missingKernel(scene);
      return found(reply.status === 403 && reply.text.includes('kernels.get'), inShort(reply));
    },
  },
  {
    id: 'errors.unknown-method',
    asks: 'What is the error for a method that does not exist?',
    assumed: '404 or 501',
    confidence: 'C',
    stage: 'live',
    async answer(scene) {
      const reply = await scene.ask('kernels.KernelsApiService/NoSuchMethod', {});
      return found(reply.status === 404 || reply.status === 501, inShort(reply));
    },
  },
  {
    id: 'errors.foreign-owner',
    asks: 'What is the error for creating a dataset for another owner?',
    assumed: 'status 200 with the error: Invalid Owner Id',
    confidence: 'A',
    stage: 'live',
    answer: async (scene) =>
      inside(
        await nothingMade(scene, `kaggle-ts-check-${randomSuffix()}`, { ownerSlug: `kaggle-ts-${randomSuffix()}` }),
        /Invalid Owner Id/i,
      ),
  },
  {
    id: 'errors.slug-letters',
    asks: 'What is the error for a slug with dots?',
    assumed: 'status 200 with the error: Slug can only contain alphanumeric or "-" characters',
    confidence: 'A',
    stage: 'live',
    answer: async (scene) =>
      inside(await nothingMade(scene, `kaggle.ts.check.${randomSuffix()}`), /Slug can only contain alphanumeric/i),
  },
  {
    id: 'errors.slug-blank',
    asks: 'What is the error for a slug with a space?',
    assumed: '400',
    confidence: 'A',
    stage: 'live',
    async answer(scene) {
      const reply = await nothingMade(scene, `kaggle ts check ${randomSuffix()}`);
      return found(reply.status === 400, inShort(reply));
    },
  },
  {
    id: 'errors.rest-shape',
    asks: 'What is the form of errors of the REST interface?',
    assumed: 'flat: {"code","message"}',
    confidence: 'A',
    stage: 'live',
    async answer(scene) {
      const query = `userName=${encodeURIComponent(scene.fact('user'))}&kernelSlug=kaggle-ts-check-${randomSuffix()}`;
      const reply = await scene.send(`${await rest(scene)}/kernels/status?${query}`);
      if (reply.status < 400) throw new NotSeen(`the response was ${reply.status}, not an error`);
      return found(typeof field(reply.json, 'message') === 'string', brief(reply.text));
    },
  },
  {
    id: 'errors.rest-any-token',
    asks: 'Does the REST list of datasets reject a made-up token?',
    assumed: 'no: 200',
    confidence: 'B',
    stage: 'live',
    async answer(scene) {
      const address = `${await rest(scene)}/datasets/list`;
      const by = scene.as(bearer(`KGAT_${randomSuffix()}${randomSuffix()}`));
      const headers = { authorization: `Bearer ${await by.token()}` };
      const reply = await scene.send(address, { headers });
      return found(reply.status === 200, inShort(reply));
    },
  },
  {
    id: 'errors.pages',
    asks: 'Are there responses other than JSON, such as a web page or an empty body?',
    assumed: 'no',
    confidence: 'B',
    stage: 'end',
    answer(scene) {
      const answers = scene.exchanges.filter(({ method, url, status = 0, end }) => {
        const mayBeBare = url.endsWith('/DownloadDataset') || (status >= 300 && status < 429);
        return method === 'POST' && url.includes('/v1/') && status > 0 && !mayBeBare && end === 'whole';
      });
      const others = answers.filter((answer) => jsonOf(answer) === undefined);
      const kinds = [...new Set(others.map(({ status, text }) => `${status} ${brief(text ?? '', 30) || 'empty'}`))];
      return found(others.length === 0, others.length > 0 ? `${others.length}: ${kinds.join('; ')}` : 'no');
    },
  },
  {
    id: 'errors.retry-after',
    asks: 'Does a 429 say when to retry?',
    assumed: 'yes, by Retry-After',
    confidence: 'C',
    stage: 'end',
    answer(scene) {
      const busy = scene.exchanges.filter(({ status }) => status === 429);
      if (busy.length === 0) throw new NotSeen('no response was a 429');
      const values = [...new Set(busy.map(({ answer }) => answer?.get('retry-after') ?? 'none'))];
      return found(!values.includes('none'), `${busy.length} times 429, Retry-After ${values.join(', ')}`);
    },
  },
  {
    id: 'errors.rate',
    asks: 'How many calls per minute are accepted?',
    assumed: 'as many as a check sends, without a 429',
    confidence: 'C',
    stage: 'end',
    answer(scene) {
      const { origin } = new URL(scene.client.baseUrl);
      const own = scene.exchanges.filter(({ url }) => new URL(url).origin === origin);
      const within = own.map(({ at }) => own.filter((other) => other.at >= at && other.at < at + 60_000).length);
      const busy = own.filter(({ status }) => status === 429).length;
      return found(busy === 0, `up to ${Math.max(0, ...within)} per minute; ${busy} of ${own.length} returned 429`);
    },
  },
];

export const errors: Group = { title: 'Errors', questions };
