import type { PushedKernel } from '../services/kernels/index.ts';

/** The argument of a command on a kernel. */
export const kernelArgument = {
  name: 'KERNEL',
  help: '"owner/slug" for its latest run, "owner/slug/3" for version 3, "slug" for a kernel of your own, or the URL of its page',
};

/** A run in the form that commands take: `owner/slug/3`. */
export function asArgument({ ref, versionNumber }: Pick<PushedKernel, 'ref' | 'versionNumber'>): string {
  return versionNumber ? `${ref}/${versionNumber}` : ref;
}

/** A run in a sentence: `version 3 of owner/slug`. */
export function describeRun({ ref, versionNumber }: Pick<PushedKernel, 'ref' | 'versionNumber'>): string {
  return versionNumber ? `version ${versionNumber} of ${ref}` : ref;
}

/** The default output folder of a kernel: its slug. The verb checks whether `kernel` is valid. */
export function folderOf(kernel: string): string {
  const [first = '', second = first] = kernel
    .replace(/^https?:\/\/[^/]*|[?#].*$/gs, '')
    .replace(/^\/?(?:code|kernels)(?=\/[^/]+\/)/, '')
    .split('/')
    .filter(Boolean);
  return second;
}

/** The commands that resume following a run, or stop it. */
export function resumeCommands(run: PushedKernel): string {
  const kernel = asArgument(run);
  return `  follow its log:     kaggle-ts logs ${kernel} --follow
  wait and download:  kaggle-ts wait ${kernel} && kaggle-ts output ${kernel}
  stop it:            kaggle-ts cancel ${kernel}`;
}
