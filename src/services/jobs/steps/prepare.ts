import * as datasets from '../../datasets/index.ts';
import * as kernels from '../../kernels/index.ts';
import { inspect, openSource } from '../sources.ts';
import { targetOf } from '../target.ts';
import type { StepWork } from './context.ts';
import { kernelRequest } from './push.ts';

/** Runs a verb that validates its arguments, but sends nothing. */
async function validate(verb: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const unsent = new Error('validated');
  try {
    await verb(AbortSignal.abort(unsent));
  } catch (error) {
    if (error !== unsent) throw error;
  }
}

/** Validates the whole plan, and records what the files of the dataset are. */
export const prepare: StepWork = async ({ client, draft, memo, io, budget }) => {
  const { dataset, output } = draft.plan;
  if (output !== undefined && output !== false) targetOf(client, io);
  await validate((signal) => kernels.push(client, kernelRequest(draft.plan), { signal }));
  if (!dataset) {
    draft.step = 'push';
    return;
  }
  const { files, ...rest } = dataset;
  const empty = files.map((name) => ({ name, data: '' }));
  await validate((signal) => datasets.createOrVersion(client, { ...rest, files: empty }, { signal }));
  const found = [...(memo.files ?? [])];
  memo.files = found;
  for (const name of files.slice(found.length)) {
    budget.check();
    budget.request();
    const source = await openSource(client, io, name);
    found.push(await inspect(name, source));
    await source.close?.();
  }
  draft.step = 'upload';
};
