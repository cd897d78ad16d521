import { KaggleError, NotFoundError, PermissionError } from '../../../core/errors.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { getKernel } from '../generated/methods.ts';
import { describeRun, pageOf, type ResolvedRun, resolveRun, runFields } from '../run-ref.ts';
import { type KernelStatus, notStarted, observe, startTimeout } from '../watch/status.ts';
import type { JobFacts } from './id.ts';

/** What the handle of a job remembers between calls. */
export interface JobMemory {
  /** The run existed in an earlier call. */
  seen: boolean;
}

/** The refusal in an error: it, or the reason of it. */
function refusalIn(error: unknown): PermissionError | NotFoundError | undefined {
  const isRefusal = (value: unknown) => value instanceof PermissionError || value instanceof NotFoundError;
  const found = isRefusal(error)
    ? error
    : error instanceof KaggleError && isRefusal(error.cause)
      ? error.cause
      : undefined;
  return found as PermissionError | NotFoundError | undefined;
}

/**
 * Calls `work`. If Kaggle refuses access, the error says whose job it is, and which account the credential belongs to: only then it
 * asks for that.
 */
export async function withAccess<T>(
  client: KaggleClient,
  facts: JobFacts,
  { signal }: CallOptions,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const refusal = refusalIn(error);
    if (!refusal) throw error;
    const owner = facts.ref.split('/')[0]!;
    const user = await client.whoAmI({ signal, timeout: 30 }).catch(() => undefined);
    signal?.throwIfAborted();
    if (user === undefined) throw error;
    const isOwner = user.toLowerCase() === owner.toLowerCase();
    if (isOwner && error !== refusal) throw error;
    const job = `cannot access the job ${describeRun(facts)}`;
    const { status, code, reason, method } = refusal;
    const message = isOwner
      ? `${job}: Kaggle does not show the version; the kernel was probably deleted or renamed; check ${pageOf(facts)}`
      : `${job}: it belongs to the account "${owner}", and the credential to "${user}"; use a credential of "${owner}"`;
    const Kind = refusal.constructor as typeof PermissionError;
    throw new Kind(message, { status, code, reason, method, cause: refusal });
  }
}

/** The error for a kernel that is not the one of the job. */
const deleted = (facts: JobFacts, what: string) =>
  new KaggleError(`${describeRun(facts)} no longer exists: ${what}; start the job again, with another key`);

/** Throws if the kernel of a job was deleted, even if another kernel has its name by now. */
export async function requireKernel(
  client: KaggleClient,
  facts: JobFacts,
  run: ResolvedRun,
  options: CallOptions,
): Promise<void> {
  try {
    const { metadata } = await client.call(getKernel, runFields(run), options);
    if (!metadata || !facts.kernelId || String(metadata.id) === String(facts.kernelId)) return;
  } catch (error) {
    if (error instanceof NotFoundError) throw deleted(facts, 'the kernel was deleted');
    throw error;
  }
  throw deleted(facts, 'the kernel was deleted, and another one has its name now');
}

/**
 * Gets the status of the run of a job. If there is no run although there should be one by now, it looks whether the kernel was deleted.
 */
export async function observeJob(
  client: KaggleClient,
  facts: JobFacts,
  memory: JobMemory,
  options: CallOptions,
): Promise<{ run: ResolvedRun; found: KernelStatus }> {
  const run = await resolveRun(client, facts, options);
  let found = notStarted;
  try {
    found = await observe(client, run, options);
  } catch (error) {
    // A version that Kaggle does not show yet.
    if (!(error instanceof NotFoundError)) throw error;
  }
  if (found.status !== 'NOT_STARTED') memory.seen = true;
  else if (memory.seen || client.clock.now() - facts.pushedAt > startTimeout * 1000) {
    await requireKernel(client, facts, run, options);
  }
  return { run, found };
}
