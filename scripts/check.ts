/** Checks style, types and generated code in parallel: `npm run check`. Prints the output of the checks that fail. */
import process from 'node:process';
import { command } from './test/command.ts';

const tsc = 'node_modules/typescript/bin/tsc';
const parts: readonly (readonly [name: string, program: string, ...args: string[]])[] = [
  ['style', 'biome', 'check', '.'],
  ['types of src', 'node', tsc, '-p', '.'],
  ['types of test, bench, scripts and examples', 'node', tsc, '-p', 'test'],
  ['generated code', 'node', 'scripts/generate.ts', '--check'],
];

await Promise.all(
  parts.map(async ([name, program, ...args]) => {
    const { code, output } = await command(program, args);
    console.log(code === 0 ? `ok      ${name}` : `failed  ${name}\n${output.trimEnd()}`);
    if (code !== 0) process.exitCode = 1;
  }),
);
