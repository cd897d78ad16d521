import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { CaseResult } from '../conformance/context.ts';
import { trusted } from '../tls/authority.ts';
import { lastLine, type Settings } from './make-context.ts';

/** The folder of the project's modules, and so of the runtimes. */
export const modules: string = join(import.meta.dirname, '../../node_modules');

/** Seconds that a process may take to end after its last case. */
const patience = 30;

/**
 * Runs a command whose lines of standard output are results. It gets an environment of its own: a home without
 * credentials, and none of the variables that the package reads.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  rounds: readonly Settings[],
  onResult: (result: CaseResult) => void,
): Promise<void> {
  const { runtime, scratch } = rounds[0]!;
  const home = join(scratch!, 'home');
  await mkdir(home, { recursive: true });
  const child = spawn(command, [...args, JSON.stringify(rounds)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      TMPDIR: scratch,
      XDG_STATE_HOME: join(home, 'state'),
      DENO_DIR: join(home, 'deno'),
      DENO_NO_UPDATE_CHECK: '1',
      NO_COLOR: '1',
      ...trusted,
    },
  });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-4000);
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code));
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lingers = false;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{"over"')) onResult(JSON.parse(line) as CaseResult);
    else if (line === lastLine) {
      timer = setTimeout(() => {
        lingers = true;
        child.kill('SIGKILL');
      }, patience * 1000);
    } else if (line !== '') complaints = `${complaints}${line}\n`.slice(-4000);
  }
  const code = await closed;
  clearTimeout(timer);
  if (lingers) throw new Error(`after its last case something kept ${runtime} alive for ${patience} s`);
  if (code !== 0) throw new Error(`${runtime} ended with code ${code}\n${complaints}`);
}
