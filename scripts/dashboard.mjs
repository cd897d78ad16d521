/**
 * `npm run dashboard`. It is JavaScript, because the Node that runs it may be too old for TypeScript, and the packages may be
 * missing; then it says so.
 */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isInstalled = ['vite', 'preact', 'pyodide'].every((name) =>
  existsSync(fileURLToPath(new URL(`../node_modules/${name}/package.json`, import.meta.url))),
);
const problem = !isInstalled
  ? 'packages are missing; run npm ci'
  : major < 22 || (major === 22 && minor < 18)
    ? `expected Node 22.18 or newer, got ${process.versions.node}; run npm run dashboard, which uses the Node of npm ci`
    : undefined;

if (problem === undefined) {
  await import('./dashboard/main.ts');
} else {
  process.stderr.write(`cannot start the dashboard: ${problem}\n`);
  process.exitCode = 1;
}
