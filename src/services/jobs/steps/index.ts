import type { JobStep } from '../types.ts';
import type { StepWork } from './context.ts';
import { fetchOutput } from './fetch.ts';
import { prepare } from './prepare.ts';
import { push } from './push.ts';
import { ready } from './ready.ts';
import { running } from './running.ts';
import { upload } from './upload.ts';

/** The work of each step that does something. */
export const works: Readonly<Record<Exclude<JobStep, 'done' | 'failed'>, StepWork>> = {
  prepare,
  upload,
  version: upload,
  ready,
  push,
  running,
  fetch: fetchOutput,
};
