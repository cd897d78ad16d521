import { basic, bearer } from '../../../core/auth/credential.ts';
import { randomSuffix } from '../../names.ts';
import type { Exchange } from '../observe.ts';
import { field, found, type Group, inShort, NotSeen, type Question, type Reply, type Scene } from '../question.ts';
import { calls, jsonOf } from '../seen.ts';

const listKernels = 'kernels.KernelsApiService/ListKernels';

/** Results of the calls of these methods that were sent with the user's own credential. */
function accepted(scene: Scene, type: 'bearer' | 'basic', names: readonly string[]) {
  if (scene.credential?.type !== type) {
    throw new NotSeen(
      type === 'basic' ? 'the credential is a token, not a legacy key' : 'the credential is a legacy key',
    );
  }
  const scheme = type === 'basic' ? 'Basic' : 'Bearer';
  const own = ({ section, ...call }: Exchange) => call.scheme === scheme && !section.startsWith('question ');
  const seen = calls(scene.exchanges, ...names).filter((call) => own(call) && call.status !== undefined);
  if (seen.length === 0) throw new NotSeen(`not called: ${names.join(', ')}`);
  const said = names.flatMap((name) => {
    const statuses = [...new Set(calls(seen, name).map(({ status }) => status))];
    return statuses.length > 0 ? [`${name} ${statuses.join(', ')}`] : [];
  });
  return found(!seen.some(({ status }) => status === 401), said.join('; '));
}

const refused = (reply: Reply) => found(reply.status === 401, inShort(reply));

/** An invalid token. */
const madeUp = () => bearer(`KGAT_${randomSuffix()}${randomSuffix()}${randomSuffix()}${randomSuffix()}`);

const withMadeUp = (scene: Scene) =>
  scene.once('made-up token', () => scene.ask(listKernels, { pageSize: 1 }, { by: scene.as(madeUp()) }));

const questions: Question[] = [
  {
    id: 'auth.bearer',
    asks: 'Which methods accept an API token as Bearer?',
    assumed: 'all methods',
    confidence: 'A',
    stage: 'end',
    answer: (scene) => accepted(scene, 'bearer', ['IntrospectToken', 'ListKernels', 'StartBlobUpload', 'SaveKernel']),
  },
  {
    id: 'auth.token-as-basic',
    asks: 'Is an API token accepted as the key of Basic?',
    assumed: 'no: 401',
    confidence: 'A',
    stage: 'live',
    async answer(scene) {
      const { credential } = scene;
      if (credential?.type !== 'bearer') throw new NotSeen('the credential is a legacy key');
      const by = scene.as(basic(scene.fact('user'), credential.token));
      return refused(await scene.ask(listKernels, { pageSize: 1 }, { by }));
    },
  },
  {
    id: 'auth.basic-changes',
    asks: 'Do methods that write accept a legacy key as Basic?',
    assumed: 'yes',
    confidence: 'C',
    stage: 'end',
    answer: (scene) => accepted(scene, 'basic', ['StartBlobUpload', 'CreateDataset', 'SaveKernel']),
  },
  {
    id: 'auth.basic-reads',
    asks: 'Do methods that read accept a legacy key as Basic?',
    assumed: 'yes',
    confidence: 'C',
    stage: 'end',
    answer: (scene) =>
      accepted(scene, 'basic', ['ListKernels', 'GetAcceleratorQuotaStatistics', 'GetKernelSessionStatus']),
  },
  {
    id: 'auth.key-as-bearer',
    asks: 'Is a legacy key accepted as Bearer?',
    assumed: 'no: 401',
    confidence: 'A',
    stage: 'live',
    async answer(scene) {
      const { credential } = scene;
      if (credential?.type !== 'basic') throw new NotSeen('the credential is a token, not a legacy key');
      return refused(await scene.ask(listKernels, { pageSize: 1 }, { by: scene.as(bearer(credential.key)) }));
    },
  },
  {
    id: 'auth.made-up',
    asks: 'Is a made-up token accepted?',
    assumed: 'no: 401',
    confidence: 'A',
    stage: 'live',
    answer: async (scene) => refused(await withMadeUp(scene)),
  },
  {
    id: 'auth.made-up-shape',
    asks: 'What is the form of the error for a made-up token?',
    assumed: 'nested JSON with the status UNAUTHENTICATED',
    confidence: 'A',
    stage: 'live',
    async answer(scene) {
      const reply = await withMadeUp(scene);
      if (reply.status !== 401) throw new NotSeen('the token was accepted');
      const status = field(reply.json, 'error', 'status');
      return found(status === 'UNAUTHENTICATED', status ? `nested, ${status}` : `not nested: ${inShort(reply)}`);
    },
  },
  {
    id: 'auth.introspect',
    asks: 'What does IntrospectToken return?',
    assumed: 'active, username, userId, scope',
    confidence: 'B',
    stage: 'end',
    answer(scene) {
      const call = calls(scene.exchanges, 'IntrospectToken').find(({ status }) => status === 200);
      if (!call) throw new NotSeen('IntrospectToken was not called');
      const names = Object.keys((jsonOf(call) ?? {}) as object);
      return found(
        ['active', 'username', 'userId', 'scope'].every((name) => names.includes(name)),
        names.join(', '),
      );
    },
  },
];

export const auth: Group = { title: 'Credentials', questions };
