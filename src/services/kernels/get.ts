import type { CallOptions, KaggleClient } from '../../core/client.ts';
import { getKernel } from './generated/methods.ts';
import type { ApiGetKernelResponse } from './generated/types.ts';
import { type RunRef, resolveRun } from './run-ref.ts';
import { callForRun } from './watch/labelled-call.ts';

/** The settings (`metadata`) and the source (`blob`) of a kernel. A server that refuses version labels gives the latest. */
export async function get(client: KaggleClient, run: RunRef, options: CallOptions = {}): Promise<ApiGetKernelResponse> {
  const { answer } = await callForRun(client, getKernel, await resolveRun(client, run), {}, options);
  return answer;
}
