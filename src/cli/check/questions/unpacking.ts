import { brief, found, type Group, type Question } from '../question.ts';

/** What Kaggle does with one file of the version that contains archives. */
function unpacking(
  id: string,
  asks: string,
  assumed: string,
  confidence: Question['confidence'],
  file: RegExp,
  agrees: (names: readonly string[]) => boolean,
): Question {
  return {
    id: `unpack.${id}`,
    asks,
    assumed,
    confidence,
    stage: 'packed',
    answer(scene) {
      const names = scene.fact('packed').files.filter((name) => file.test(name));
      return found(
        agrees(names),
        brief(names.slice(0, 3).join(', ') + (names.length > 3 ? ', ...' : '')) || 'none of its files',
      );
    },
  };
}

const questions: Question[] = [
  unpacking(
    'zip',
    'What happens to packed.zip?',
    'it is replaced by a folder packed/ with its files',
    'A',
    /^packed[./]/,
    (names) =>
      names.includes('packed/00.txt') && names.includes('packed/folder/deep.txt') && !names.includes('packed.zip'),
  ),
  unpacking(
    'tar',
    'What happens to tarred.tar?',
    'it is replaced by a folder tarred/ with its files',
    'A',
    /^tarred[./]/,
    (names) => names.includes('tarred/inside.txt') && !names.includes('tarred.tar'),
  ),
  unpacking(
    'tar-gz',
    'What happens to gzipped.tar.gz?',
    'it is replaced by a folder gzipped/ with its files',
    'C',
    /^gzipped[./]/,
    (names) => names.includes('gzipped/inside.txt') && !names.includes('gzipped.tar.gz'),
  ),
  unpacking(
    'gz',
    'What happens to alone.txt.gz?',
    'it is replaced by alone.txt',
    'B',
    /^alone\./,
    (names) => names.length === 1 && names[0] === 'alone.txt',
  ),
  unpacking(
    'folder',
    'What happens to the folder in the name of a blob (lost/inside.txt)?',
    'it is dropped',
    'B',
    /(?:^|^lost\/)inside\.txt$/,
    (names) => names.length === 1 && names[0] === 'inside.txt',
  ),
  {
    id: 'unpack.single',
    asks: 'What happens to an archive that is the only file of a version?',
    assumed: 'the version contains its files',
    confidence: 'C',
    stage: 'packed',
    answer(scene) {
      const { files } = scene.fact('single');
      return found(files.includes('inside.txt'), brief(files.join(', ')));
    },
  },
];

export const unpackings: Group = { title: 'Unpacking', questions };
