import { checkCall } from '../../../core/options/check.ts';
import { limit } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import { callFields } from '../../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { type Paginated, paginate } from '../../../core/rpc/paginate.ts';
import { type RunRef, resolveRun, runField } from '../run-ref.ts';
import { type OutputFile, type OutputPage, outputPages } from './pages.ts';

export interface ListOutputOptions extends CallOptions {
  /** The most files to list; default all. */
  limit?: number | undefined;
}

const listOutputFields = (): Fields<ListOutputOptions> => ({ ...callFields(), limit: limit() });

/**
 * The output files of a run, over all pages: an async iterable of `{ fileName, url }` with `all()` and `pages()`.
 * While it is iterated it throws `KaggleError` for a run that has not ended, and `ApiError` as the server answers. Names are as the server gives them; `output` checks them.
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
