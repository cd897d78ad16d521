/** What Node, Deno and Bun run: reads its rounds from the first argument, prints one line of JSON for each case. */
import { mkdir } from 'node:fs/promises';
import process from 'node:process';
import { createClient } from 'kaggle-ts';
import { runCases } from '../conformance/loop.ts';
import { diskFiles } from './disk-files.ts';
import { casesFor, lastLine, makeContext, type Settings } from './make-context.ts';

/** Runs the cases here; `platformName` is what the package should take this runtime for. */
export async function runHere(platformName: string): Promise<void> {
  const rounds = JSON.parse(process.argv[2] ?? '[]') as Settings[];
  for (const settings of rounds) {
    const scratch = settings.scratch!;
    await mkdir(scratch, { recursive: true });
    const context = makeContext(settings, platformName, createClient, diskFiles(scratch));
    await runCases(context, casesFor(settings), (result) => console.log(JSON.stringify(result)));
  }
  console.log(lastLine);
}
