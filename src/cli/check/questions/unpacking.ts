import { brief, found, type Group, type Question } from '../question.ts';

/** What becomes of a file of the version of archives: `after` are names that are listed then. */
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
        brief(names.slice(0, 3).join(', ') + (names.length > 3 ? ', ...' : '')) || 'nothing of it',
      );
    },
  };
}

const questions: Question[] = [
  unpacking(
    'zip',
    'What becomes of packed.zip?',
    'a folder packed/ with its files; the archive is gone',
    'A',
    /^packed[./]/,
    (names) =>
      names.includes('packed/00.txt') && names.includes('packed/folder/deep.txt') && !names.includes('packed.zip'),
  ),
  unpacking(
    'tar',
    'And of tarred.tar?',
    'the same',
    'A',
    /^tarred[./]/,
    (names) => names.includes('tarred/inside.txt') && !names.includes('tarred.tar'),
  ),
  unpacking(
    'tar-gz',
    'And of gzipped.tar.gz?',
    'the same',
    'C',
    /^gzipped[./]/,
    (names) => names.includes('gzipped/inside.txt') && !names.includes('gzipped.tar.gz'),
  ),
  unpacking(
    'gz',
    'And of alone.txt.gz?',
    'alone.txt, in its place',
    'B',
    /^alone\./,
    (names) => names.length === 1 && names[0] === 'alone.txt',
  ),
  unpacking(
    'folder',
    'What becomes of the folder in the name of a blob (lost/inside.txt)?',
    'it is lost',
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
