import { runHere } from '../server-runtime.ts';

await runHere('node');
