import { expect, type TestContext } from 'vitest';
import { binary, datasetMetadata, ends, kernelMetadata, type Stage } from '../stage.ts';

/** What one row of docs/comparison.md says about the official clients. */
export interface Claim {
  says: string;
  /** Runs the official clients, and fails when they behave otherwise. Absent where there is nothing to run. */
  check?(context: TestContext): Promise<void>;
}

/** Claims by what their row is about. */
export type Claims = Readonly<Record<string, Claim>>;

export const MiB: number = 1024 * 1024;

/** Large enough to be cut in the middle. */
export const large: Uint8Array = binary(6 * MiB);

/** Writes the folder `data`, which is to become alice's dataset `made-here`. */
export function prepareUpload(stage: Stage): void {
  stage.write({ 'data/big.bin': large, 'data/dataset-metadata.json': datasetMetadata('made-here') });
}

export const cliUpload = ({ kaggle }: Stage) => kaggle('datasets', 'create', '-p', 'data');
export const hubUpload = ({ python }: Stage) =>
  python('import kagglehub; kagglehub.dataset_upload("alice/made-here", "data", ignore_patterns=["*.json"])');

/** Makes alice's dataset `ready-data`, with the large file in it. */
export async function prepareDownload(stage: Stage): Promise<void> {
  stage.write({ 'there/big.bin': large, 'there/sub/small.txt': 'small' });
  await ends(stage.python('import kagglehub; kagglehub.dataset_upload("alice/ready-data", "there")'));
  const made = () => stage.emulator.state.datasets.get('alice/ready-data')!.versions.at(-1)!;
  await expect.poll(() => made().readyAt <= Date.now()).toBe(true);
  stage.emulator.state.requests.length = 0;
}

/** Downloads the large file, into `out/big.bin` and into kagglehub's cache. */
export const cliDownload = ({ kaggle }: Stage) =>
  kaggle('datasets', 'download', 'alice/ready-data', '-f', 'big.bin', '-p', 'out');
export const hubDownload = ({ python }: Stage) =>
  python('import kagglehub; print(kagglehub.dataset_download("alice/ready-data", path="big.bin"))');

/** Pushes a script of alice's, `the-job`. */
export async function pushJob(stage: Stage, text: string): Promise<void> {
  stage.write({ 'job/main.py': text, 'job/kernel-metadata.json': kernelMetadata('the-job', 'The Job') });
  await ends(stage.kaggle('kernels', 'push', '-p', 'job'));
}

/** Pushes it and waits for its end. */
export async function runJob(stage: Stage, text: string): Promise<void> {
  await pushJob(stage, text);
  const version = () => stage.emulator.state.kernels.get('alice/the-job')!.versions.at(-1)!;
  await expect.poll(() => version().status, { timeout: 30_000 }).toBe('COMPLETE');
  stage.emulator.state.requests.length = 0;
}

/** The methods that were called, and `GET`, `PUT` for transfers. */
export const asked = ({ emulator }: Stage): string[] => emulator.state.requests.map(({ rpc, method }) => rpc ?? method);

/** A header of the transfers so far. */
export const headersOf = ({ emulator }: Stage, verb: 'GET' | 'PUT', header: string): (string | undefined)[] =>
  emulator.state.requests.filter(({ method }) => method === verb).map(({ headers }) => headers[header]);

/** Starts something, ends its process when it has come as far as is said, and starts it again. */
export async function interrupt(
  stage: Stage,
  start: (stage: Stage) => ReturnType<Stage['python']>,
  far: () => boolean,
): Promise<void> {
  const first = start(stage);
  await expect.poll(far, { timeout: 20_000 }).toBe(true);
  first.kill();
  await first;
  stage.emulator.state.requests.length = 0;
  await ends(start(stage));
}
