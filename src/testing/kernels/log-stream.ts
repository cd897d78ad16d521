import type { Context, Handler, Rpc } from '../context.ts';
import type { KernelVersion } from '../types.ts';
import { jsonAnswer } from '../wire.ts';
import { findKernel, labelledRun, requestedRun } from './find.ts';
import { hasEnded } from './sessions.ts';

/** All lines so far, then each new line, then END_OF_LOG. No keep-alive comments. */
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
      flush();
    },
    cancel: () => void stop(),
  });
}

/** The log of a run: server-sent events while it runs, a JSON array of its lines afterwards. */
function answerLog({ options }: Context, version: KernelVersion): Response {
  if (hasEnded(version)) return jsonAnswer(version.log);
  const type = options.charset ? 'text/event-stream; charset=utf-8' : 'text/event-stream';
  return new Response(events(version), { headers: { 'content-type': type, 'cache-control': 'no-cache' } });
}

/** Handles GET `kernels/logs/stream/{owner}/{slug}?versionLabel=v<N>`. */
export function logStream(
  { context, user }: Pick<Rpc, 'context' | 'user'>,
  owner: string,
  slug: string,
  label: string,
): Response {
  return answerLog(context, labelledRun(context, findKernel({ context, user }, owner, slug), label));
}

export const getKernelSessionLogsStream: Handler = (rpc) => answerLog(rpc.context, requestedRun(rpc));
