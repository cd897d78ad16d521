import { smoke } from '../../faults/groups.ts';
import type { Cases } from '../context.ts';
import { download } from './download.ts';
import { errors } from './errors.ts';
import { installed } from './installed.ts';
import { job } from './job.ts';
import { logs } from './logs.ts';
import { proxy } from './proxy.ts';
import { redirects } from './redirects.ts';
import { rpc } from './rpc.ts';
import { steps } from './steps.ts';
import { upload } from './upload.ts';

/** All cases, in the order in which they run and are printed. */
export const groups: Readonly<Record<string, Cases>> = {
  package: installed,
  rpc,
  errors,
  redirects,
  upload,
  download,
  logs,
  job,
  steps,
  proxy,
  faults: smoke(),
};
