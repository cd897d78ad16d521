import type { PushedKernel } from '../services/kernels/index.ts';
import { UsageError } from './command.ts';

/** What commands on a kernel say about their argument. */
export const kernelHelp = `KERNEL is "owner/slug" (its latest run), "owner/slug/3" (version 3), a bare slug of your own, or an address of its page.`;

/** The one argument of a command on a kernel. */
export function kernelArgument(positionals: readonly string[]): string {
  const [kernel, ...more] = positionals;
  if (kernel === undefined) throw new UsageError('name a kernel: "owner/slug", or "owner/slug/3" for version 3');
  if (more.length > 0) throw new UsageError(`one kernel at a time: what is "${more[0]}"?`);
  return kernel;
}

/** A run as this command line takes it: `owner/slug/3`. */
export function asArgument({ ref, versionNumber }: Pick<PushedKernel, 'ref' | 'versionNumber'>): string {
  return versionNumber ? `${ref}/${versionNumber}` : ref;
}

/** A folder for the output of a kernel: named like it. Whether it is one, the verb will say. */
export function folderOf(kernel: string): string {
  const [first = '', second = first] = kernel
    .replace(/^https?:\/\/[^/]*|[?#].*$/gs, '')
    .replace(/^\/?(?:code|kernels)(?=\/[^/]+\/)/, '')
    .split('/')
    .filter(Boolean);
  return second;
}

/** How to come back to a run that goes on, or to its output. */
export function comeBack(run: PushedKernel): string {
  const kernel = asArgument(run);
  return `  come back:  kaggle-ts logs ${kernel} --follow
              kaggle-ts wait ${kernel} && kaggle-ts output ${kernel}
  stop it:    kaggle-ts cancel ${kernel}`;
}
