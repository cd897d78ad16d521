import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './command.ts';

/** A folder of src with what its README says. */
export interface Room {
  /** The README, as a path relative to the project: that of the folder, or the nearest one above. */
  readme: string;
  /** What vitest takes: parts of the paths of test files. */
  tests: string[];
}

/** The room that a folder or file belongs to, given with or without `src/`. */
export function roomOf(place: string): Room {
  const path = [join(root, 'src', place), join(root, place)].find((candidate) => existsSync(candidate));
  if (path === undefined || relative(join(root, 'src'), path).startsWith('..'))
    throw new Error(`src has no ${place}; name a folder or a file of it, such as core/transfer`);
  let folder = statSync(path).isDirectory() ? path : dirname(path);
  while (!existsSync(join(folder, 'README.md')) && folder !== join(root, 'src')) folder = dirname(folder);
  const readme = relative(root, join(folder, 'README.md'));
  if (!existsSync(join(root, readme))) throw new Error(`there is no README for ${place}, which would say what to run`);
  const command = /After a change: `npx vitest run ([^`]+)`/.exec(readFileSync(join(root, readme), 'utf8'))?.[1];
  if (command === undefined) throw new Error(`${readme} lacks its line "After a change: \`npx vitest run ...\`"`);
  return { readme, tests: command.split(' ') };
}
