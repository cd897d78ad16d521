/** When Kaggle renews the weekly quotas: on Saturday, 00:00 UTC. */
export function nextRefill(now: Date): Date {
  const days = 7 - ((now.getUTCDay() + 1) % 7);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + days));
}
