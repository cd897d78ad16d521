import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, type TestContext } from 'vitest';
import { type EmulatorOptions, type ServedEmulator, serveEmulator } from '../../../src/testing/index.ts';
import { skip } from '../../skip.ts';
import { missing, python, type Ran, type Running } from './clients.ts';

/** An emulator, a scratch folder, and the official clients, which are pointed at it. */
export interface Stage {
  emulator: ServedEmulator['emulator'];
  folder: string;
  /** The `kaggle` command. */
  kaggle(...args: string[]): Running;
  /** A Python program, as text. */
  python(text: string): Running;
  /** Writes files below the folder, and returns its path. */
  write(files: Readonly<Record<string, string | Uint8Array>>): string;
}

/** Skips the test, with the reason, where there are no official clients. */
export async function setStage(context: TestContext, options: EmulatorOptions = {}): Promise<Stage> {
  const reason = missing();
  if (reason) skip(context, reason);
  const folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-interop-'));
  const served = await serveEmulator({ host: '127.0.0.1', ...options });
  onTestFinished(async () => {
    await served.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { emulator, url } = served;
  const start = 'import sys; from kaggle.cli import main; sys.argv[0] = "kaggle"; sys.exit(main())';
  return {
    emulator,
    folder,
    kaggle: (...args) => python(['-c', start, ...args], folder, url),
    python: (text) => python(['-c', text], folder, url),
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      return folder;
    },
  };
}

/** The process must end so; returns what it printed. */
export async function ends(running: PromiseLike<Ran>, expected = 0): Promise<string> {
  const { code, stdout, stderr } = await running;
  expect(code, `${stdout}\n${stderr}`).toBe(expected);
  return stdout;
}

/** Repeats a `kaggle` command until it prints what is waited for. */
export async function until({ kaggle }: Stage, args: readonly string[], expected: RegExp): Promise<void> {
  await expect.poll(async () => (await kaggle(...args)).stdout, { timeout: 60_000 }).toMatch(expected);
}

/** The last line that a Python program printed, which is JSON. */
export async function answer<T>(running: PromiseLike<Ran>): Promise<T> {
  return JSON.parse((await ends(running)).trimEnd().split('\n').at(-1) ?? '') as T;
}

/** All paths below a folder, sorted. */
export const filesIn = (path: string): string[] => readdirSync(path, { recursive: true }).map(String).sort();

/** Bytes in which no part repeats, so that a mix-up shows. */
export const binary = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8) * 13 + (index >> 16) * 29) & 255);

/** The metadata file of a dataset of alice's. */
export const datasetMetadata = (slug: string): string =>
  JSON.stringify({ title: `${slug} title`, id: `alice/${slug}`, licenses: [{ name: 'CC0-1.0' }] });

/** The metadata file of a script `main.py` of alice's. */
export const kernelMetadata = (slug: string, title: string, sources: string[] = []): string =>
  JSON.stringify({
    id: `alice/${slug}`,
    title,
    code_file: 'main.py',
    language: 'python',
    kernel_type: 'script',
    dataset_sources: sources,
  });
