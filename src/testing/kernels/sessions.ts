import type { Context, Handler, Rpc } from '../context.ts';
import type { KernelVersion } from '../types.ts';
import { integer, text } from '../wire.ts';
import { denied, findKernel, requestedKernel, requestedRun } from './find.ts';

export function hasEnded({ status }: KernelVersion): boolean {
  return status === 'COMPLETE' || status === 'ERROR' || status === 'CANCEL_ACKNOWLEDGED';
}

export const getKernelSessionStatus: Handler = (rpc) => {
  const { status, failureMessage } = requestedRun(rpc);
  // QUEUED is the zero value of the enum, which JSON leaves out.
  return { ...(status !== 'QUEUED' && { status }), failureMessage };
};

/** The session with this id, for the account that started it. Otherwise throws 403. */
export function sessionOf(rpc: Rpc, permission: string): KernelVersion {
  const id = integer(rpc.body, 'kernelSessionId');
  for (const kernel of rpc.context.state.kernels.values()) {
    const version = kernel.versions.find(({ sessionId }) => sessionId === id);
    if (version && kernel.owner === rpc.user?.username) return version;
  }
  throw denied(permission);
}

/** Requests a run to stop. Its output is collected first. */
export function cancelRun(context: Context, version: KernelVersion): void {
  if (version.status !== 'QUEUED' && version.status !== 'RUNNING') return;
  version.status = version.status === 'QUEUED' ? 'CANCEL_ACKNOWLEDGED' : 'CANCEL_REQUESTED';
  version.abort.abort(new Error('the run was canceled'));
  for (const listener of version.listeners) listener();
  context.schedule();
}

export const cancelKernelSession: Handler = (rpc) => {
  const version = sessionOf(rpc, 'kernelSessions.cancel');
  if (hasEnded(version)) return { errorMessage: 'the session is not running' };
  cancelRun(rpc.context, version);
  return {};
};

export const deleteKernel: Handler = (rpc) => {
  const kernel = requestedKernel(rpc);
  if (kernel.owner !== rpc.user?.username) throw denied('kernels.delete');
  for (const version of kernel.versions) cancelRun(rpc.context, version);
  rpc.context.state.kernels.delete(`${kernel.owner}/${kernel.slug}`.toLowerCase());
  rpc.context.keeper.dropKernel(kernel);
  return {};
};

/** Returns an operation that is already done: interactive sessions are not emulated. */
export const createKernelSession: Handler = (rpc) => {
  const [owner = '', slug = ''] = text(rpc.body, 'slug').split('/');
  const kernel = findKernel(rpc, owner, slug);
  return { name: `operations/${rpc.context.id()}`, done: true, response: { kernelId: kernel.id } };
};
