import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kagglesdkVersion, readContract } from '../../../scripts/contract/model.ts';
import { pipInstall } from '../../../scripts/contract/python.ts';

/** Where they are installed. */
export const target: string = join(import.meta.dirname, '../../../.tmp/python');

/** The newest official clients that this project was held against; kaggle imports six without asking for it. */
export const packages: readonly string[] = [
  'kaggle==2.2.5',
  'kagglehub==1.0.3',
  `kagglesdk==${kagglesdkVersion(readContract())}`,
  'six',
];

/** Installs the official clients into the throwaway folder `.tmp/python`, once for each set of versions, or says why not. */
export function install(): string | undefined {
  const done = join(target, `installed ${packages.join(' ')}`);
  if (existsSync(done)) return undefined;
  rmSync(target, { recursive: true, force: true });
  try {
    pipInstall(target, packages);
  } catch (error) {
    return (error as Error).message;
  }
  writeFileSync(done, '');
  return undefined;
}
