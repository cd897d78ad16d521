import { found, type Group, inShort, type Question, type Reply, type Scene } from '../question.ts';

/** A way to read a version of a kernel. */
interface Reader {
  readonly id: string;
  readonly name: string;
  read(scene: Scene, label: string | undefined): Promise<Reply>;
}

function byCall(id: string, name: string, method: string, ownerField = 'userName'): Reader {
  return {
    id,
    name,
    read(scene, label) {
      const [owner, kernelSlug] = scene.fact('kernel').ref.split('/');
      const named = { [ownerField]: owner, kernelSlug, ...(label && { versionLabel: label }) };
      return scene.ask(`kernels.KernelsApiService/${method}`, named);
    },
  };
}

const logPath = (scene: Scene) => `kernels/logs/stream/${scene.fact('kernel').ref}`;

const readers: Reader[] = [
  byCall('status', 'status', 'GetKernelSessionStatus'),
  byCall('output', 'output', 'ListKernelSessionOutput'),
  byCall('source', 'source', 'GetKernel'),
  byCall('files', 'list of files', 'ListKernelFiles'),
  {
    id: 'log',
    name: 'log, by a query,',
    read: (scene, label) => scene.read(`${logPath(scene)}${label ? `?versionLabel=${label}` : ''}`),
  },
];

const forms = [
  { id: 'v', label: 'v1', words: 'Is the label "v1" accepted', wanted: 200, assumed: 'yes' },
  { id: 'number', label: '1', words: 'Is the label "1" accepted', wanted: 404, assumed: 'no: 404' },
  { id: 'none', label: undefined, words: 'Does no label mean the latest version', wanted: 200, assumed: 'yes' },
] as const;

function question(reader: Reader, { id, label, words, wanted, assumed }: (typeof forms)[number]): Question {
  return {
    id: `label.${reader.id}.${id}`,
    asks: `${words} for the ${reader.name} of a kernel?`,
    assumed,
    confidence: 'A',
    stage: 'done',
    async answer(scene) {
      const reply = await reader.read(scene, label);
      return found(reply.status === wanted, inShort(reply));
    },
  };
}

const questions: Question[] = [
  ...readers.flatMap((reader) => forms.map((form) => question(reader, form))),
  {
    id: 'label.log.path',
    asks: 'Can the path of the log contain a label?',
    assumed: 'no: 404',
    confidence: 'A',
    stage: 'done',
    async answer(scene) {
      const reply = await scene.read(`${logPath(scene)}/v1`);
      return found(reply.status === 404, inShort(reply));
    },
  },
  {
    id: 'label.slug',
    asks: 'Can the slug contain a version (slug/1)?',
    assumed: 'no: 403',
    confidence: 'A',
    stage: 'done',
    async answer(scene) {
      const [userName, kernelSlug] = scene.fact('kernel').ref.split('/');
      const reply = await scene.ask('kernels.KernelsApiService/GetKernelSessionStatus', {
        userName,
        kernelSlug: `${kernelSlug}/1`,
      });
      return found(reply.status === 403, inShort(reply));
    },
  },
];

export const labels: Group = { title: 'Versions of kernels', questions };
