import type { Context, Rpc } from '../context.ts';
import type { Kernel, KernelVersion } from '../types.ts';
import { text, WireError } from '../wire.ts';

export const denied = (what: string): WireError => new WireError(403, `Permission '${what}' was denied`);
const noRuns = (): WireError => new WireError(404, 'No runs found for this kernel.');

/** A missing kernel is answered with 403 instead of 404, and so is a slug with a version in it, as observed. */
export function findKernel({ context, user }: Pick<Rpc, 'context' | 'user'>, owner: string, slug: string): Kernel {
  const kernel = context.state.kernels.get(`${owner}/${slug}`.toLowerCase());
  if (!kernel || (kernel.isPrivate && kernel.owner !== user?.username)) throw denied('kernels.get');
  return kernel;
}

export function requestedKernel(rpc: Rpc): Kernel {
  return findKernel(rpc, text(rpc.body, 'userName') || text(rpc.body, 'ownerSlug'), text(rpc.body, 'kernelSlug'));
}

/** Whether the version has a run: some time after the push, and never if it was only saved. */
export function hasRun(context: Context, version: KernelVersion): boolean {
  return version.runs && context.now() - version.created >= context.options.lag;
}

/** The version with the label `v<N>`; without a label, the newest. */
export function labelledVersion(kernel: Kernel, label: string): KernelVersion {
  const newest = kernel.versions.at(-1)!;
  const version = label ? kernel.versions.find(({ number }) => `v${number}` === label) : newest;
  if (!version) throw new WireError(404, 'Requested entity was not found.');
  return version;
}

/** The run with the label `v<N>`; without a label, the newest run, which may be that of an older version. */
export function labelledRun(context: Context, kernel: Kernel, label: string): KernelVersion {
  const run = label ? labelledVersion(kernel, label) : kernel.versions.findLast((version) => hasRun(context, version));
  if (!run || !hasRun(context, run)) throw noRuns();
  return run;
}

export function requestedRun(rpc: Rpc): KernelVersion {
  return labelledRun(rpc.context, requestedKernel(rpc), text(rpc.body, 'versionLabel'));
}
