import { cancel } from 'kaggle-ts/kernels';
import { client } from './client.ts';

/** Cancels a run: `owner/slug/version`. Import it when it is needed: to find the session, it reads logs. */
export async function cancelRun(run: string): Promise<void> {
  await cancel(client, run);
}
