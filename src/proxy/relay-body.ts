import { ConnectionError } from '../core/errors.ts';
import { redactError } from '../core/redact.ts';

/** When to give up on a body. */
export interface RelayOptions {
  /** Seconds without data from Kaggle; 0 for no limit. */
  readonly silence: number;
  /** Seconds during which the page reads nothing. */
  readonly stall: number;
  /** Called once the body has ended, in whatever way. */
  end(): void;
}

/** workerd's stream that passes bytes without JavaScript. */
interface IdentityStreamLike {
  new (): { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> };
}

/** Passes a body on as fast as it is read, and cancels it if either side stalls. */
export function relayBody(body: ReadableStream<Uint8Array>, options: RelayOptions): ReadableStream<Uint8Array> {
  const { silence, stall, end } = options;
  const Identity = (globalThis as { IdentityTransformStream?: IdentityStreamLike }).IdentityTransformStream;
  if (Identity) {
    // The CPU time of a Worker is limited, and the runtime itself ends connections that stall.
    const { readable, writable } = new Identity();
    body.pipeTo(writable).then(end, end);
    return readable;
  }
  const reader = body.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let output: ReadableStreamDefaultController<Uint8Array>;

  function finish(): void {
    clearTimeout(timer);
    end();
  }
  function watch(seconds: number, what: string): void {
    clearTimeout(timer);
    if (seconds === 0) return;
    timer = setTimeout(
      () => {
        const error = new ConnectionError(`${what} for ${seconds} s`);
        finish();
        reader.cancel(error).catch(() => undefined);
        output.error(error);
      },
      Math.min(seconds * 1000, 2 ** 31 - 1),
    );
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        output = controller;
        watch(stall, 'the page read no data');
      },
      async pull(controller) {
        watch(silence, 'Kaggle sent no data');
        try {
          const { done, value } = await reader.read();
          if (done) {
            finish();
            controller.close();
          } else {
            controller.enqueue(value);
            watch(stall, 'the page read no data');
          }
        } catch (error) {
          finish();
          controller.error(redactError(error));
        }
      },
      cancel(reason) {
        finish();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
