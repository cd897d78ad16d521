import * as root from 'kaggle-ts';
import * as datasets from 'kaggle-ts/datasets';
import * as kernels from 'kaggle-ts/kernels';
import * as kernelMethods from 'kaggle-ts/services/kernels';
import * as testing from 'kaggle-ts/testing';
import { equal, ok, rejection } from '../assert.ts';
import type { Cases } from '../context.ts';

export const installed: Cases = {
  async 'the entry is the one of this runtime'({ platformName }) {
    equal(root.createClient({ token: 'KGAT_x' }).platform.name, platformName, 'the platform');
  },

  async 'every subpath can be imported'() {
    for (const name of [
      'createOrVersion',
      'create',
      'createVersion',
      'status',
      'waitUntilReady',
      'download',
      'uploadFile',
    ]) {
      equal(typeof (datasets as Record<string, unknown>)[name], 'function', `datasets.${name}`);
    }
    for (const name of ['push', 'status', 'wait', 'logs', 'listOutput', 'output', 'cancel', 'run']) {
      equal(typeof (kernels as Record<string, unknown>)[name], 'function', `kernels.${name}`);
    }
    equal(kernelMethods.getKernelSessionStatus.name, 'GetKernelSessionStatus', 'a method');
  },

  async 'createKaggle binds the verbs'({ apiUrl, token, user }) {
    const kaggle = root.createKaggle({ endpoint: apiUrl, token });
    equal(await kaggle.client.whoAmI(), user, 'whoAmI');
    await rejection(kaggle.datasets.status({ ref: `${user}/never-made` } as never));
  },

  async 'an emulator in the same process answers a call'() {
    const emulator = testing.createEmulator();
    const client = root.createClient({ endpoint: 'http://localhost:9', token: 'KGAT_test', fetch: emulator.fetch });
    equal(await client.whoAmI(), 'alice', 'whoAmI');
    const answer = await client.call(kernelMethods.listKernels, { user: 'alice' });
    ok(Array.isArray(answer.kernels), 'a list of kernels');
  },
};
