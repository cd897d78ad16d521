import { streamSink } from '../../src/core/bytes/stream-sink.ts';
import { bytes, type Cases, equal, failure } from './check.ts';

const encode = (text: string) => new TextEncoder().encode(text);

/** What `streamSink` does; the subject is not used. */
export const streamCases: Cases<undefined> = {
  async 'bytes in order arrive, and commit ends the stream'() {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const content = bytes(readable);
    const sink = streamSink(writable);
    await sink.write(encode('ab'), 0);
    await sink.write(encode('c'), 2);
    await sink.commit();
    equal(new TextDecoder().decode(await content), 'abc', 'content');
  },
  async 'a slow reader slows the writer down'() {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const sink = streamSink(writable);
    let written = 0;
    const writing = (async () => {
      for (; written < 5; written += 1) await sink.write(new Uint8Array(1), written);
      await sink.commit();
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    equal(written <= 2, true, `${written} chunks were taken with nobody reading`);
    equal((await bytes(readable)).length, 5, 'bytes');
    await writing;
  },
  async 'out of order is an error that names the byte'() {
    const sink = streamSink(new WritableStream(), 'page.html');
    await sink.write(encode('ab'), 0);
    const message = await failure(sink.write(encode('x'), 7));
    equal(message.includes('page.html') && message.includes('byte 7'), true, message);
    await failure(sink.write(encode('x'), 0));
  },
  async 'a stream that fails is an error that says why'() {
    const broken = new WritableStream({ write: () => Promise.reject(new Error('the pipe is gone')) });
    const sink = streamSink(broken, 'x.bin');
    equal(await failure(sink.write(encode('a'), 0)), 'cannot write "x.bin": the pipe is gone', 'write');
    await failure(sink.commit());
    await sink.abort();
  },
  async 'abort aborts with the reason, and twice is fine'() {
    let reason: unknown;
    const writable = new WritableStream({
      abort(given) {
        reason = given;
      },
    });
    const sink = streamSink(writable);
    const stop = new Error('stop');
    await sink.abort(stop);
    await sink.abort(stop);
    equal(reason === stop, true, 'the reason is the one given');
  },
};
