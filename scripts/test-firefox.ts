/** Runs the tests of pages in Firefox: `npm run test:firefox [-- vitest options]`. Firefox is not a package of the project. */
import process from 'node:process';
import { findFirefox } from '../test/platform/firefox.ts';
import { command } from './test/command.ts';

const path = findFirefox();
if (path === undefined) {
  console.error(
    'cannot test in Firefox: there is none on the PATH; install it (Debian: apt-get install firefox-esr), or set FIREFOX to its path',
  );
  process.exitCode = 1;
} else {
  const args = ['run', '--config', 'vitest.firefox.config.ts', ...process.argv.slice(2)];
  const { code } = await command('vitest', args, { show: true, env: { FIREFOX: path } });
  process.exitCode = code;
}
