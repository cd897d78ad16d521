import type { Rpc } from './context.ts';
import { findKernel, requestedVersion } from './kernels.ts';
import type { KernelVersion } from './types.ts';
import { jsonAnswer } from './wire.ts';

const ended = new Set(['COMPLETE', 'ERROR', 'CANCEL_ACKNOWLEDGED']);

export function hasEnded(version: KernelVersion): boolean {
  return ended.has(version.status);
}

/** All lines from the start, then each as it is written, then END_OF_LOG. */
function events(version: KernelVersion): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let sent = 0;
  let stop = () => {};
  return new ReadableStream({
    start(controller) {
      const flush = () => {
        while (sent < version.log.length)
          controller.enqueue(encoder.encode(`data: ${JSON.stringify(version.log[sent++])}\n\n`));
        if (!hasEnded(version)) return;
        stop();
        controller.enqueue(encoder.encode('data: END_OF_LOG\n\n'));
        controller.close();
      };
      stop = () => version.listeners.delete(flush);
      version.listeners.add(flush);
      controller.enqueue(encoder.encode(': keep-alive\n\n'));
      flush();
    },
    cancel: () => void stop(),
  });
}

/** The log of a run: server-sent events, or for who does not take them the lines so far as a JSON array. */
export function logStream(
  { context, user }: Pick<Rpc, 'context' | 'user'>,
  owner: string,
  slug: string,
  request: Request,
): Response {
  const kernel = findKernel({ context, user }, owner, slug);
  const label = new URL(request.url).searchParams.get('versionLabel') ?? '';
  const version = requestedVersion(context, kernel, label);
  if (!request.headers.get('accept')?.includes('text/event-stream')) return jsonAnswer(version.log);
  const type = context.options.charset ? 'text/event-stream; charset=utf-8' : 'text/event-stream';
  return new Response(events(version), { headers: { 'content-type': type, 'cache-control': 'no-cache' } });
}
