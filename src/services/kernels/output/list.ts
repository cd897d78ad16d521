import { checkCall } from '../../../core/options/check.ts';
import { limit } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import { callFields } from '../../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { type Paginated, paginate } from '../../../core/rpc/paginate.ts';
import { type RunRef, resolveRun, runField } from '../run-ref.ts';
import { type OutputFile, type OutputPage, outputPages } from './pages.ts';

/** Options of `listOutput`. */
export interface ListOutputOptions extends CallOptions {
  /**
   * Maximum number of files.
   * @default no limit
   */
  limit?: number | undefined;
}

const listOutputFields = (): Fields<ListOutputOptions> => ({ ...callFields(), limit: limit() });

/**
 * Lists the output files of a run that has ended, across all pages.
 *
 * @param run - The run; see `RunRef`.
 * @returns An async iterable of `{ fileName, url }`, with `all()` and `pages()`. URLs are signed and expire. Names are not
 * checked; `output` does that.
 * @throws `KaggleError` if the run has not ended.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { listOutput } from 'kaggle-ts/kernels';
 *
 * const files = await listOutput(createClient(), 'alice/my-training').all();
 * console.log(files.map(({ fileName }) => fileName));
 * ```
 */
export function listOutput(client: KaggleClient, run: RunRef, options: ListOutputOptions = {}): Paginated<OutputFile> {
  const { limit: most, ...callOptions } = { ...options };
  let fetchPage: Promise<(token: string) => Promise<OutputPage>> | undefined;
  return paginate(
    async (token) => {
      if (token === '')
        fetchPage = resolveRun(client, run, callOptions).then((found) => outputPages(client, found, callOptions));
      return (await fetchPage!)(token);
    },
    {
      limit: most,
      check: () =>
        checkCall('kernels.listOutput', client, { run, options }, { run: runField, options: listOutputFields }),
    },
  );
}
