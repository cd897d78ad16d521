import { attach, type Job } from 'kaggle-ts/kernels';
import { client } from '../../data/client.ts';

/** The job with an id. Throws `ValidationError` if it is none. */
export const openJob = (id: string): Job => attach(client, id);
