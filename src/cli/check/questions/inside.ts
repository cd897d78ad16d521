import { insideOf } from '../places.ts';
import { brief, found, type Group, NotSeen, type Question, type Scene } from '../question.ts';
import { calls, jsonOf } from '../seen.ts';

/** Path of the dataset's files below /kaggle/input. */
async function mountsOf(scene: Scene): Promise<{ own: string; old: string; folders: string[] }> {
  const { owner, slug } = scene.fact('dataset');
  const inputs = (await insideOf(scene)).inputs;
  const folders = [
    ...new Set(
      inputs.map((path) =>
        path
          .split('/')
          .slice(0, path.startsWith('datasets/') ? 3 : 1)
          .join('/'),
      ),
    ),
  ];
  return { own: `datasets/${owner}/${slug}`, old: slug, folders };
}

/** Whether environment variables are set. */
function variables(id: string, asks: string, names: readonly string[], confidence: Question['confidence']): Question {
  return {
    id: `variables.${id}`,
    asks,
    assumed: names.join(', '),
    confidence,
    stage: 'done',
    async answer(scene) {
      const there = (await insideOf(scene)).variables;
      const missing = names.filter((name) => !there.includes(name));
      return found(missing.length === 0, missing.length > 0 ? `missing: ${missing.join(', ')}` : 'all');
    },
  };
}

/** Whether JSON contains a number, at any depth. */
function holds(value: unknown, wanted: string): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some((part) => holds(part, wanted));
  return String(value) === wanted;
}

const questions: Question[] = [
  {
    id: 'mounts.owner',
    asks: 'Where is a dataset mounted?',
    assumed: '/kaggle/input/datasets/<owner>/<slug>',
    confidence: 'A',
    stage: 'done',
    async answer(scene) {
      const { own, folders } = await mountsOf(scene);
      return found(
        folders.includes(own),
        brief(folders.map((folder) => `/kaggle/input/${folder}`).join(', ')) || 'nowhere',
      );
    },
  },
  {
    id: 'mounts.old',
    asks: 'Is a dataset also mounted at /kaggle/input/<slug>?',
    assumed: 'no',
    confidence: 'A',
    stage: 'done',
    async answer(scene) {
      const { old, folders } = await mountsOf(scene);
      return found(!folders.includes(old), folders.includes(old) ? 'yes' : 'no');
    },
  },
  {
    id: 'mounts.version',
    asks: 'Which version is mounted if a new one has just become READY?',
    assumed: 'the new one',
    confidence: 'A',
    stage: 'done',
    async answer(scene) {
      const { own } = await mountsOf(scene);
      const { files } = scene.fact('single');
      const names = (await insideOf(scene)).inputs.filter((path) => path.startsWith(`${own}/`));
      if (names.length === 0) throw new NotSeen('the dataset is mounted elsewhere');
      const mounted = names.map((path) => path.slice(own.length + 1));
      const agrees = mounted.length === files.length && files.every((name) => mounted.includes(name));
      return found(agrees, agrees ? 'the new one' : `another: ${brief(mounted.join(', '))}`);
    },
  },
  {
    id: 'working.empty',
    asks: 'What is in /kaggle/working at the start?',
    assumed: 'nothing',
    confidence: 'B',
    stage: 'done',
    async answer(scene) {
      const { working, folder } = await insideOf(scene);
      return found(working.length === 0, `${brief(working.join(', ')) || 'nothing'} (working directory: ${folder})`);
    },
  },
  variables(
    'run',
    'Which environment variables describe the run?',
    [
      'KAGGLE_KERNEL_RUN_TYPE',
      'KAGGLE_CONTAINER_NAME',
      'KAGGLE_URL_BASE',
      'KAGGLE_KERNEL_INTEGRATIONS',
      'KAGGLE_DOCKER_IMAGE',
      'KAGGLE_GCP_ZONE',
    ],
    'B',
  ),
  variables(
    'credential',
    'Which environment variables contain credentials?',
    [
      'KAGGLE_API_V1_TOKEN',
      'KAGGLE_DATA_PROXY_URL',
      'KAGGLE_DATA_PROXY_TOKEN',
      'KAGGLE_DATA_PROXY_PROJECT',
      'KAGGLE_USER_SECRETS_TOKEN',
    ],
    'B',
  ),
  variables(
    'folders',
    'Which environment variables name folders?',
    ['KAGGLE_WORKING_DIR', 'KAGGLE_DATASET_PATH', 'KAGGLE_GYM_DATASET_PATH'],
    'B',
  ),
  {
    id: 'variables.run-type',
    asks: 'What is KAGGLE_KERNEL_RUN_TYPE in a pushed run?',
    assumed: 'Batch',
    confidence: 'B',
    stage: 'done',
    async answer(scene) {
      const { runType } = await insideOf(scene);
      return found(runType === 'Batch', runType || 'empty');
    },
  },
  {
    id: 'session.container',
    asks: 'Does KAGGLE_CONTAINER_NAME contain the session ID, between hyphens?',
    assumed: 'yes, as a number',
    confidence: 'B',
    stage: 'done',
    async answer(scene) {
      const { container } = await insideOf(scene);
      return found(
        container.split('-').some((part) => /^0+$/.test(part)),
        container || 'empty',
      );
    },
  },
  {
    id: 'session.hidden',
    asks: 'Does any response contain the session ID?',
    assumed: 'no',
    confidence: 'A',
    stage: 'end',
    answer(scene) {
      const texts = scene.exchanges.map(({ text }) => text ?? '');
      const id = texts.map((text) => /##kaggle-ts session=(\d+)##/.exec(text)?.[1]).find(Boolean);
      if (!id) throw new NotSeen('the log of the kernel does not contain the session ID');
      const names = [
        'GetKernel',
        'GetKernelSessionStatus',
        'ListKernels',
        'SaveKernel',
        'ListKernelFiles',
        'ListKernelSessionOutput',
      ];
      const holding = calls(scene.exchanges, ...names).filter((call) => holds(jsonOf(call), id));
      const methods = [...new Set(holding.map(({ url }) => url.split('/').at(-1)))];
      return found(
        methods.length === 0,
        methods.length > 0 ? `yes: ${methods.join(', ')}` : `not in ${names.join(', ')}`,
      );
    },
  },
];

export const insides: Group = { title: 'Inside a run', questions };
