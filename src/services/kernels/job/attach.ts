import { checkCall } from '../../../core/options/check.ts';
import { type Field, field } from '../../../core/options/field.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { readJobId } from './id.ts';
import { createJob, type Job } from './job.ts';

/** `readJobId` parses the string. */
const idField = (): Field<string> => field('the id of a job, a string', (value) => typeof value === 'string');

/**
 * Returns the job with this id, which `start` returned in this or another process. Sends nothing, so that it does not tell whether the
 * kernel still exists.
 *
 * @param id - The `id` of a job.
 * @throws `ValidationError` if it is not the id of a job, was truncated, or has the format of a newer version of kaggle-ts.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { attach } from 'kaggle-ts/kernels';
 *
 * const job = attach(createClient(), process.argv[2] ?? '');
 * const { status, ended } = await job.peek();
 * if (ended) console.log(status, (await job.result()).files);
 * ```
 */
export function attach(client: KaggleClient, id: string): Job {
  checkCall('kernels.attach', client, { id }, { id: idField });
  return createJob(client, readJobId(id));
}
