import { takeCounters } from './counters.ts';
import { filesOf } from './datasets.ts';
import { findObject } from './objects.ts';
import { checkUploads, expectUploads } from './uploads.ts';

/** What the bench asks the server, outside of what is measured: `POST /_bench/...` with JSON. */
const answers: Record<string, (request: never) => unknown> = {
  /** What happened since it was asked last. */
  counters: () => takeCounters(),
  /** Checksums of the files that come next, which the storage tells at the end of their upload. */
  expect: (files: Parameters<typeof expectUploads>[0]) => expectUploads(files) ?? {},
  check: ({ on }: { on: boolean }) => checkUploads(on) ?? {},
  /** The files of a dataset that was made. */
  files: ({ ref }: { ref: string }) => filesOf(ref) ?? [],
  /** Makes an object, and tells its size and checksums. */
  object: ({ path }: { path: string }) => {
    const object = findObject(path);
    if (!object) return undefined;
    const { size, etag, crc32c, md5, content } = object;
    return { size, etag, crc32c, md5, content };
  },
};

export async function control(name: string, request: Request): Promise<Response> {
  const answer = answers[name];
  if (!answer) return new Response('no such question', { status: 404 });
  return Response.json(answer((await request.json()) as never));
}
