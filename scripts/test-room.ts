/**
 * The tests of one room of src, as its README names them: `npm run test:room -- core/transfer [options of vitest]`. A folder
 * without a README, or a file, belongs to the room around it.
 */
import process from 'node:process';
import { command } from './test/command.ts';
import { roomOf } from './test/room.ts';

const [place, ...options] = process.argv.slice(2);
try {
  if (place === undefined) throw new Error('name a folder of src: npm run test:room -- core/transfer');
  const { readme, tests } = roomOf(place);
  console.log(`${readme}: ${tests.join(' ')}`);
  const { code } = await command('vitest', ['run', ...tests, ...options], { show: true });
  process.exitCode = code;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
