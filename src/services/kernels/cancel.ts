import type { CallOptions, KaggleClient } from '../../core/client.ts';
import type { Int64 } from '../../core/codec/message.ts';
import { KaggleError } from '../../core/errors.ts';
import { listEntities } from '../search/generated/methods.ts';
import type { ListEntitiesDocument } from '../search/generated/types.ts';
import { cancelKernelSession } from './generated/methods.ts';
import { type Run, type RunRef, resolveRun } from './run-ref.ts';

export interface CancelOptions extends CallOptions {
  /** The id of the session, from the address of its page; default what search knows. */
  sessionId?: Int64;
}

function isThisKernel(document: ListEntitiesDocument, run: Run): boolean {
  const slug = document.slug?.split('/').at(-1)?.toLowerCase();
  const owner =
    document.ownerUser?.userName ?? document.ownerUser?.url?.split('/').at(-1) ?? document.ownerOrganization?.slug;
  return slug === run.slug.toLowerCase() && (owner === undefined || owner.toLowerCase() === run.owner.toLowerCase());
}

async function findSession(client: KaggleClient, run: Run, options: CallOptions): Promise<Int64 | undefined> {
  const answer = await client.call(
    listEntities,
    { filters: { query: run.slug, documentTypes: ['KERNEL'], listType: 'API_LIST_TYPE_YOUR_WORK' }, pageSize: 50 },
    options,
  );
  const found = answer.documents.find((document) => isThisKernel(document, run));
  return found?.kernelDocument?.sessionId || undefined;
}

/**
 * Cancels the running session of a kernel. The API wants the session's id, which no answer about kernels carries: it
 * comes from the caller or from search, which knows the latest session of the caller's own kernels. Throws `KaggleError`
 * with the address of the kernel's page, where it can be cancelled by hand, when there is no id; `ApiError` when the
 * server refuses.
 */
export async function cancel(
  client: KaggleClient,
  run: RunRef,
  { sessionId, ...options }: CancelOptions = {},
): Promise<{ sessionId: Int64 }> {
  const resolved = await resolveRun(client, run);
  let kernelSessionId = sessionId;
  let cause: unknown;
  if (kernelSessionId === undefined) {
    kernelSessionId = await findSession(client, resolved, options).catch((error: unknown) => {
      options.signal?.throwIfAborted();
      cause = error;
      return undefined;
    });
  }
  if (kernelSessionId === undefined) {
    throw new KaggleError(
      `${resolved.ref} cannot be cancelled without the id of its session, and search does not give it${cause ? ` (${(cause as Error).message})` : ''}: ` +
        `pass sessionId, or cancel it at https://www.kaggle.com/code/${resolved.ref}`,
      { cause },
    );
  }
  await client.call(cancelKernelSession, { kernelSessionId }, options);
  return { sessionId: kernelSessionId };
}
