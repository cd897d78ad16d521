import { KaggleError } from '../../../core/errors.ts';
import * as datasets from '../../datasets/index.ts';
import { lazySource, openSource } from '../sources.ts';
import type { StepContext, StepWork } from './context.ts';

/** The marker in the notes of the version that is about to be created. */
function markerOf({ records }: StepContext): string | undefined {
  for (const [key, value] of Object.entries(records.entries())) {
    const { nonce, call } = (value ?? {}) as { nonce?: string; call?: string };
    if (key.startsWith('job:') && call === 'version' && nonce !== undefined) return `(kaggle-ts ${nonce})`;
  }
  return undefined;
}

/**
 * Uploads the files, and creates the version when all have arrived. The verb records that it is about to create one: that ends the
 * `upload` steps. In the `version` step the record is stored already, so that the call is made, or found if an earlier attempt made it.
 */
export const upload: StepWork = async (context) => {
  const { client, draft, memo, io, budget, signal, onWarning, records, stop } = context;
  const { dataset } = draft.plan;
  const { files: names, ...rest } = dataset!;
  const found = new Map((memo.files ?? []).map((file) => [file.name, file]));
  const files = names.map((name) => {
    const file = found.get(name);
    if (!file) throw new KaggleError(`cannot upload "${name}": the state of the job does not list it`);
    return { name, data: lazySource(file, budget, () => openSource(client, io, name)) };
  });
  try {
    const version = await datasets.createOrVersion(
      client,
      { ...rest, files },
      // The wait for a first version is the pause before the next step.
      { signal, concurrency: 1, waitForProcessing: 0, ...(onWarning && { onWarning }) },
    );
    const { ref, versionNumber, url } = version;
    draft.dataset = { ref, url, ...(versionNumber !== undefined && { versionNumber }) };
    const marker = markerOf(context);
    if (versionNumber === undefined && marker) memo.marker = marker;
    draft.step = 'ready';
  } finally {
    if (stop.reason === 'record') draft.step = 'version';
    if (draft.step !== 'ready') memo.records = records.entries();
    else delete memo.records;
  }
  return undefined;
};
