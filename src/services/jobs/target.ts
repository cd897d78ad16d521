import { ValidationError } from '../../core/errors.ts';
import type { PartTarget } from '../../core/part-target.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { folderTarget } from './folder-target.ts';
import type { JobIo } from './types.ts';

/** The target of the output. */
export function targetOf(client: KaggleClient, { target }: JobIo): PartTarget {
  if (typeof target === 'string' && target !== '') return folderTarget(client, target);
  if (typeof target === 'object' && typeof target.write === 'function' && typeof target.finish === 'function') {
    return target;
  }
  throw new ValidationError('cannot download the output: pass target, the path of a folder or a PartTarget', [
    { path: 'io.target', message: 'expected the path of a folder, or a PartTarget such as r2Target(bucket)' },
  ]);
}
