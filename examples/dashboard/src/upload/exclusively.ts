/**
 * Runs `work` while no other tab of this origin runs work of the same name. Calls `onWait` once if another tab does. Rejects with the
 * reason of `signal` if it is aborted while waiting. Without locks (no secure context), it runs at once.
 */
export async function exclusively(
  name: string,
  signal: AbortSignal,
  { onWait, work }: { onWait: () => void; work: () => Promise<void> },
): Promise<void> {
  const { locks } = navigator as Partial<Navigator>;
  if (!locks) return work();
  const done = await locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return lock !== null;
  });
  if (done) return;
  onWait();
  await locks.request(name, { signal }, () => work());
}
