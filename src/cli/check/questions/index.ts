import type { Group } from '../question.ts';
import { auth } from './auth.ts';
import { cors } from './cors.ts';
import { datasets } from './datasets.ts';
import { downloads } from './downloads.ts';
import { errors } from './errors.ts';
import { insides } from './inside.ts';
import { kernels } from './kernels.ts';
import { labels } from './labels.ts';
import { outputs } from './outputs.ts';
import { saves } from './saves.ts';
import { unpackings } from './unpacking.ts';
import { uploads } from './uploads.ts';

/** All questions, in the order of the report. */
export const groups: readonly Group[] = [
  auth,
  errors,
  cors,
  uploads,
  datasets,
  unpackings,
  downloads,
  kernels,
  labels,
  outputs,
  insides,
  saves,
];
