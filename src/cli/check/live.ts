import { listDatasets } from '../../services/datasets/generated/index.ts';
import { listFiles } from '../../services/datasets/index.ts';
import { getAcceleratorQuotaStatistics } from '../../services/kernels/generated/index.ts';
import { list as listKernels } from '../../services/kernels/index.ts';
import { Mismatch } from '../steps.ts';
import { counted } from '../words.ts';
import type { Check } from './check.ts';

/** Resolves to the user name of the credential. */
export function credentialStep({ client, step, signal }: Check): Promise<string> {
  return step(
    'credential',
    async () => {
      const { active, username } = await client.introspect({ signal });
      if (!active || !username) throw new Mismatch('the token was revoked or has expired');
      return username;
    },
    String,
  );
}

/** Reads one page of everything; creates nothing. */
export async function liveSteps({ client, attempt, signal, askQuestions }: Check, username: string): Promise<void> {
  await attempt(
    `kernels of ${username}`,
    () => listKernels(client, { user: username, pageSize: 20 }, { limit: 20, signal }).all(),
    (kernels) => counted(kernels.length, 'kernel'),
  );
  const datasets = await attempt(
    'datasets',
    async () => (await client.call(listDatasets, {}, { signal })).datasets,
    (found) => counted(found.length, 'dataset'),
  );
  const first = datasets?.[0];
  if (first) {
    await attempt(
      `files of ${first.ref}`,
      () => listFiles(client, first.ref, { limit: 20, pageSize: 20, signal }).all(),
      (files) => counted(files.length, 'file'),
    );
  }
  await attempt(
    'accelerator quota',
    () => client.call(getAcceleratorQuotaStatistics, {}, { signal }),
    ({ gpuQuota }) =>
      gpuQuota ? `${((gpuQuota.timeUsed ?? 0) / 3600).toFixed(1)} h of GPU used` : 'no GPU quota returned',
  );
  await askQuestions('live', { user: username });
}
