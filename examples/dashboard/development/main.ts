/** `npm run dev`: the dashboard with a Kaggle emulator on this machine. */
import process from 'node:process';
import { run } from './run.ts';

await run('npm run dev --', process.argv.slice(2));
