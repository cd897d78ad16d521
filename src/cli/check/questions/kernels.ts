import { field, found, type Group, inShort, NotSeen, type Question } from '../question.ts';
import { calls, jsonOf, kernelStatuses, madeAt } from '../seen.ts';

const service = 'kernels.KernelsApiService';

/** Seconds from a push until its run must exist: the default `startTimeout` of `wait`. */
const longest = 900;

const known = ['QUEUED', 'RUNNING', 'COMPLETE', 'ERROR', 'CANCEL_REQUESTED', 'CANCEL_ACKNOWLEDGED', 'NEW_SCRIPT'];

const questions: Question[] = [
  {
    id: 'kernel.answer',
    asks: 'What does SaveKernel return?',
    assumed: 'ref /code/<owner>/<slug>, versionNumber, kernelId',
    confidence: 'A',
    stage: 'end',
    answer(scene) {
      const call = calls(scene.exchanges, 'SaveKernel').find(
        ({ section, status }) => section === 'push' && status === 200,
      );
      const answer = call && jsonOf(call);
      if (!answer) throw new NotSeen('there was no successful push');
      const ref = String(field(answer, 'ref'));
      const agrees =
        /^\/code\/[^/]+\/[^/]+$/.test(ref) && field(answer, 'versionNumber') === 1 && !!field(answer, 'kernelId');
      return found(agrees, `ref ${ref}; ${Object.keys(answer).join(', ')}`);
    },
  },
  {
    id: 'status.early',
    asks: 'What is the status right after a push?',
    assumed: '404, No runs found for this kernel.',
    confidence: 'A',
    stage: 'pushed',
    async answer(scene) {
      const [userName, kernelSlug] = scene.fact('kernel').ref.split('/');
      const reply = await scene.ask(`${service}/GetKernelSessionStatus`, { userName, kernelSlug, versionLabel: 'v1' });
      const word = reply.status === 200 ? `200, ${field(reply.json, 'status') ?? 'QUEUED (left out)'}` : inShort(reply);
      return found(reply.status === 404 && /No runs found/i.test(reply.text), word);
    },
  },
  {
    id: 'status.queued',
    asks: 'How is QUEUED sent?',
    assumed: 'without a status: it is the zero value',
    confidence: 'B',
    stage: 'end',
    answer(scene) {
      const queued = kernelStatuses(scene.exchanges).filter(({ status }) => status === 'QUEUED');
      if (queued.length === 0) throw new NotSeen('the run was not seen in the queue');
      const absent = queued.every((seen) => seen.absent);
      return found(absent, absent ? 'no status' : 'by name');
    },
  },
  {
    id: 'status.words',
    asks: 'What are the names of statuses?',
    assumed: 'those of the official client',
    confidence: 'A',
    stage: 'end',
    answer(scene) {
      const words = [...new Set(kernelStatuses(scene.exchanges).map(({ status }) => status))].filter(
        (word) => !/^\d+$/.test(word),
      );
      if (words.length === 0) throw new NotSeen('no status was returned');
      return found(
        words.every((word) => known.includes(word)),
        words.join(', '),
      );
    },
  },
  {
    id: 'time.run',
    asks: 'How long does it take from a push until its run exists?',
    assumed: `at most ${longest} s`,
    confidence: 'C',
    stage: 'end',
    answer(scene) {
      const from = madeAt(scene.exchanges, 'SaveKernel', 'push');
      const first = kernelStatuses(scene.exchanges).find(({ status }) => known.includes(status) && status !== 'QUEUED');
      if (from === undefined || !first) throw new NotSeen('there was no run');
      const seconds = (first.answeredAt - from) / 1000;
      return found(seconds <= longest, `${seconds.toFixed(1)} s (${first.status})`);
    },
  },
  {
    id: 'cancel.other',
    asks: 'What is the error for canceling with a wrong session ID?',
    assumed: "403, Permission 'kernelSessions.cancel' was denied",
    confidence: 'B',
    stage: 'done',
    async answer(scene) {
      const { kernelId } = scene.fact('kernel');
      const reply = await scene.ask(`${service}/CancelKernelSession`, { kernelSessionId: Number(kernelId) });
      return found(reply.status === 403 && reply.text.includes('kernelSessions.cancel'), inShort(reply));
    },
  },
  {
    id: 'kernels.page-100',
    asks: 'Can a page of kernels have 100 entries?',
    assumed: 'yes',
    confidence: 'B',
    stage: 'live',
    async answer(scene) {
      const reply = await scene.ask(`${service}/ListKernels`, { user: scene.fact('user'), pageSize: 100 });
      return found(reply.status === 200, inShort(reply));
    },
  },
  {
    id: 'quota.fields',
    asks: 'What does the quota contain?',
    assumed: 'timeUsed, timeReserved, totalTimeAllowed, as strings such as 36000s',
    confidence: 'B',
    stage: 'end',
    answer(scene) {
      const call = calls(scene.exchanges, 'GetAcceleratorQuotaStatistics').find(({ status }) => status === 200);
      const gpu = field(call && jsonOf(call), 'gpuQuota');
      if (!gpu) throw new NotSeen('no quota was returned');
      const agrees = ['timeUsed', 'timeReserved', 'totalTimeAllowed'].every((name) =>
        /^[\d.]+s$/.test(String(field(gpu, name))),
      );
      return found(agrees, Object.keys(gpu as object).join(', '));
    },
  },
];

export const kernels: Group = { title: 'Kernels', questions };
