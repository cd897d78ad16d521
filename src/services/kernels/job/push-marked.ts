import type { KaggleClient } from '../../../core/rpc/client.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import type { Search } from '../push/find-marked.ts';
import type { PushMark } from '../push/mark.ts';
import { type PreparedPush, type PushOptions, pushPrepared } from '../push/push.ts';
import { checkPushed, PartialPushError, type PushedKernel } from '../push/pushed.ts';
import { findPushed, searchesFor } from '../push/recover.ts';
import type { SaveOptions } from '../push/save.ts';

/** Pushes a source that ends with `mark`. If Kaggle returns no version number, the mark tells it. */
export async function pushMarked(
  client: KaggleClient,
  prepared: PreparedPush,
  options: PushOptions & SaveOptions & { readonly mark: PushMark; readonly searches?: readonly Search[] },
): Promise<PushedKernel> {
  const { mark, searches } = options;
  try {
    return await pushPrepared(client, prepared, options);
  } catch (error) {
    if (!(error instanceof PartialPushError) || error.kernel.versionNumber) throw error;
    const { slug, request } = prepared;
    const where = searches ?? (slug === undefined ? [] : searchesFor(slug, request.newTitle, mark));
    const found = await findPushed(client, where, joinSignals(client.signal, options.signal));
    if (!found) throw error;
    const kernel = { ...error.kernel, versionNumber: found.versionNumber };
    checkPushed(kernel, request);
    return kernel;
  }
}
