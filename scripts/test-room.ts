/**
 * Runs the tests of one folder of src, as its README lists them: `npm run test:room -- core/transfer [vitest options]`. For a
 * file, or a folder without a README, the nearest README above counts.
 */
import process from 'node:process';
import { command } from './test/command.ts';
import { roomOf } from './test/room.ts';

const [place, ...options] = process.argv.slice(2);
try {
  if (place === undefined) throw new Error('expected a folder of src, such as: npm run test:room -- core/transfer');
  const { readme, tests } = roomOf(place);
  console.log(`${readme}: ${tests.join(' ')}`);
  const { code } = await command('vitest', ['run', ...tests, ...options], { show: true });
  process.exitCode = code;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
