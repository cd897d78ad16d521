import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './command.ts';

/** A folder of src with the tests that its README lists. */
export interface Room {
  /** Path of the README, relative to the project. */
  readme: string;
  /** Arguments for vitest: parts of the paths of test files. */
  tests: string[];
}

/** The nearest folder with a README, for a path with or without `src/`. */
export function roomOf(place: string): Room {
  const path = [join(root, 'src', place), join(root, place)].find((candidate) => existsSync(candidate));
  if (path === undefined || relative(join(root, 'src'), path).startsWith('..'))
    throw new Error(`src has no ${place}; expected a folder or a file in it, such as core/transfer`);
  let folder = statSync(path).isDirectory() ? path : dirname(path);
  while (!existsSync(join(folder, 'README.md')) && folder !== join(root, 'src')) folder = dirname(folder);
  const readme = relative(root, join(folder, 'README.md'));
  if (!existsSync(join(root, readme))) throw new Error(`cannot tell which tests to run: no README for ${place}`);
  const command = /After a change: `npx vitest run ([^`]+)`/.exec(readFileSync(join(root, readme), 'utf8'))?.[1];
  if (command === undefined)
    throw new Error(`cannot tell which tests to run: ${readme} has no line "After a change: \`npx vitest run ...\`"`);
  return { readme, tests: command.split(' ') };
}
