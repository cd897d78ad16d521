import { listDatasets } from '../../services/datasets/generated/index.ts';
import { listFiles } from '../../services/datasets/index.ts';
import { getAcceleratorQuotaStatistics } from '../../services/kernels/generated/index.ts';
import { list as listKernels } from '../../services/kernels/index.ts';
import type { Command } from '../command.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';
import { Mismatch, runSteps } from '../steps.ts';
import { counted } from '../words.ts';

export const checkLive: Command = {
  name: 'check live',
  options: connectOptions,
  help: `
Reads a little of everything from the server, to see that the credential and the answers are understood: who the
credential stands for, kernels, datasets, the files of one, the quota. Creates and changes nothing.

${connectHelp}`,
  examples: ['kaggle-ts check live', 'kaggle-ts check live --endpoint http://localhost:7777'],
  async run({ values, terminal, signal }) {
    const client = connect(values, terminal);
    terminal.print(`Reads from ${client.baseUrl}; nothing is created.`);
    return runSteps(terminal, async ({ step, attempt }) => {
      const { username } = await step(
        'credential',
        async () => {
          const found = await client.introspect({ signal });
          if (!found.active || !found.username) throw new Mismatch('the token was revoked or has expired');
          return found;
        },
        ({ username }) => username,
      );
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
        ({ gpuQuota }) => (gpuQuota ? `${((gpuQuota.timeUsed ?? 0) / 3600).toFixed(1)} h of GPU used` : 'none shown'),
      );
    });
  },
};
