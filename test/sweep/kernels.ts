import type { PushRequest } from '../../src/services/kernels/push/request.ts';

/** The kernel of all sweeps here. */
export const kernel: PushRequest = { slug: 'alice/my-sweep', newTitle: 'My sweep', text: 'print(1)' };
/** It runs on a GPU, of which an account has two. */
export const gpuKernel: PushRequest = { ...kernel, machineShape: 'NvidiaTeslaT4' };
