/** The development server of examples/dashboard, with the sources of this package. */
import { join } from 'node:path';
import process from 'node:process';
import { buildPage } from './build.ts';
import { registerSources, sources } from './sources.ts';

registerSources();
const { run } = await import('../../examples/dashboard/development/run.ts');
await run('npm run dashboard --', process.argv.slice(2), {
  build: buildPage,
  plugins: [sources(['browser'])],
  allow: [join(import.meta.dirname, '../..')],
});
