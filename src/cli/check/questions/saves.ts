import { brief, field, found, type Group, inShort, type Question, type Reply, type Scene } from '../question.ts';

/** Saves the kernel of the check again, without a run, with a field that Kaggle should reject. */
function saveAgain(scene: Scene, changes: object): Promise<Reply> {
  const { ref, title } = scene.fact('kernel');
  return scene.ask('kernels.KernelsApiService/SaveKernel', {
    slug: ref,
    newTitle: title,
    text: 'print(1)\n',
    language: 'python',
    kernelType: 'script',
    isPrivate: true,
    enableInternet: false,
    kernelExecutionType: 'QUICK_SAVE',
    ...changes,
  });
}

function inside(reply: Reply, words: RegExp) {
  const said = String(field(reply.json, 'error') ?? '');
  return found(
    reply.status === 200 && words.test(said),
    reply.status === 200 ? `200, ${brief(said) || 'saved'}` : inShort(reply),
  );
}

const questions: Question[] = [
  {
    id: 'save.foreign',
    asks: 'What is the error for a push to the ID of a kernel of another account?',
    assumed: 'status 200 with the error: Kernel not found',
    confidence: 'B',
    stage: 'done',
    answer: async (scene) => inside(await saveAgain(scene, { id: 1 }), /(?:Kernel|Notebook) not found/i),
  },
  {
    id: 'save.editor',
    asks: 'Can a script become a notebook?',
    assumed: 'no: status 200 with the error: You cannot change the editor type',
    confidence: 'B',
    stage: 'done',
    async answer(scene) {
      const text = JSON.stringify({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });
      return inside(await saveAgain(scene, { kernelType: 'notebook', text }), /cannot change the editor type/i);
    },
  },
  {
    id: 'save.large',
    asks: 'Is a source of 2 MB accepted?',
    assumed: 'no: 400',
    confidence: 'B',
    stage: 'done',
    async answer(scene) {
      const reply = await saveAgain(scene, { text: `# ${'x'.repeat(2_000_000)}\n` });
      return found(reply.status === 400, inShort(reply));
    },
  },
];

/** Asked last: a push that is not rejected creates a version. */
export const saves: Group = { title: 'Push errors', questions };
