/** What the platform's own PUT does, against the servers of upload-put.test.ts. Prints one line of JSON, and ends. */
const [runtime, settings] = process.argv.slice(-2) as ['node' | 'deno' | 'bun', string];
const { urls, slow } = JSON.parse(settings) as { urls: Record<string, string>; slow: string[] };
const put = (await import(`../../../src/platform/${runtime}/index.ts`))[`${runtime}Platform`]().put;

const length = 14 * 2 ** 20 + 7;
const never = new AbortController().signal;

/** A body in which each 64 KiB have a value of their own. */
function body(): { read(buffer: Uint8Array): Promise<number>; asked(): number } {
  let at = 0;
  return {
    asked: () => at,
    async read(buffer) {
      for (let done = 0; done < buffer.length; ) {
        const block = (at + done) >> 16;
        const end = Math.min(buffer.length, ((block + 1) << 16) - at);
        buffer.fill(block % 251, done, end);
        done = end;
      }
      at += buffer.length;
      return buffer.length;
    },
  };
}

/** What came of one PUT, as JSON. */
async function outcome(url: string | undefined, more: object = {}): Promise<Record<string, unknown>> {
  const bytes = body();
  let sent = 0;
  const request = {
    url,
    headers: { 'content-range': `bytes 0-${length - 1}/${length}` },
    length,
    read: bytes.read,
    sent: (count: number) => {
      sent += count;
    },
    signal: never,
    ...more,
  };
  try {
    const response: Response = await put(request);
    const { status, headers } = response;
    const text = await response.text();
    return {
      status,
      text,
      hash: headers.get('x-goog-hash'),
      after: headers.get('retry-after'),
      sent,
      asked: bytes.asked(),
    };
  } catch (error) {
    return { error: String((error as Error)?.message ?? error), sent, asked: bytes.asked() };
  }
}

const controller = new AbortController();
const bytes = body();
let abortedAt = 0;
const aborted = await outcome(urls.whole, {
  signal: controller.signal,
  // The source hangs: an abort does not wait for it.
  async read(buffer: Uint8Array) {
    if (bytes.asked() < 2 ** 21) return bytes.read(buffer);
    setTimeout(() => {
      abortedAt = Date.now();
      controller.abort(new Error('enough'));
    }, 100);
    return new Promise<number>(() => undefined);
  },
});
const delay = Date.now() - abortedAt;

console.log(
  JSON.stringify({
    whole: await outcome(urls.whole),
    again: await outcome(urls.whole),
    secure: await outcome(urls.secure),
    slow: await Promise.all(slow.map((url) => outcome(url))),
    early: await outcome(urls.early),
    cut: await outcome(urls.cut),
    unreadable: await outcome(urls.whole, { read: () => Promise.reject(new Error('the disk is gone')) }),
    aborted: { ...aborted, soon: delay < 30_000 },
    before: await outcome(urls.whole, { signal: AbortSignal.abort(new Error('too late')) }),
    refused: await outcome(urls.refused),
  }),
);
