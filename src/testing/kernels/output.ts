import type { Handler, Rpc } from '../context.ts';
import { outputUrl } from '../downloads.ts';
import { type StoredFile, sizeOf } from '../stored-file.ts';
import type { KernelVersion } from '../types.ts';
import { integer, invalid, page, text, WireError } from '../wire.ts';
import { zipOf } from '../zip.ts';
import { hasRun, labelledRun, requestedKernel, requestedRun } from './find.ts';
import { hasEnded, sessionOf } from './sessions.ts';

/** Sorted lists of files, so that a long list is not sorted again for each page. */
const inOrder = new WeakMap<readonly StoredFile[], StoredFile[]>();

function sorted(files: readonly StoredFile[]): StoredFile[] {
  const known = inOrder.get(files) ?? [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  inOrder.set(files, known);
  return known;
}

/** Maximum page size; more is refused with 400. */
const largestPage = 500;

/** A page of the output files of a run; empty until it has ended. */
function outputPage(rpc: Rpc, version: KernelVersion): { items: StoredFile[]; nextPageToken?: string } {
  if ((integer(rpc.body, 'pageSize') ?? 0) > largestPage)
    throw invalid('pageSize', `at most ${largestPage}`, rpc.body.pageSize);
  return page(hasEnded(version) ? sorted(version.files) : [], rpc.body);
}

export const listKernelSessionOutput: Handler = (rpc) => {
  const version = requestedRun(rpc);
  const { items, nextPageToken } = outputPage(rpc, version);
  const files = items.map((file) => ({ url: outputUrl(rpc.context, file, version.sessionId), fileName: file.name }));
  return { files, log: hasEnded(version) ? JSON.stringify(version.log) : '', nextPageToken };
};

export const listKernelFiles: Handler = (rpc) => {
  const { items, nextPageToken } = outputPage(rpc, requestedRun(rpc));
  const files = items.map((file) => ({
    name: file.name,
    size: sizeOf(file),
    creationDate: new Date(file.created).toISOString(),
  }));
  return { files, nextPageToken };
};

function redirectTo({ context }: Rpc, version: KernelVersion, path: string): Response {
  const file = path
    ? version.files.find(({ name }) => name === path)
    : zipOf(version.files, 'output.zip', version.created);
  if (!hasEnded(version)) throw new WireError(404, 'the run has not ended yet: its output is not available');
  if (!file) throw new WireError(404, `file ${JSON.stringify(path)} not found in the output`);
  return new Response(null, { status: 302, headers: { location: outputUrl(context, file, version.sessionId) } });
}

export const downloadKernelOutput: Handler = (rpc) => {
  const kernel = requestedKernel(rpc);
  const number = integer(rpc.body, 'versionNumber');
  const version = number
    ? kernel.versions.find((candidate) => candidate.number === number && hasRun(rpc.context, candidate))
    : labelledRun(rpc.context, kernel, '');
  if (!version) throw new WireError(404, `kernel version ${number} not found, or it has no run`);
  return redirectTo(rpc, version, text(rpc.body, 'filePath'));
};

export const downloadKernelOutputZip: Handler = (rpc) => redirectTo(rpc, sessionOf(rpc, 'kernelSessions.get'), '');
