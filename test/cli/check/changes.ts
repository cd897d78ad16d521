import type { Change, Passing } from './lab.ts';

// biome-ignore lint/suspicious/noExplicitAny: plain JSON
type Json = any;

/** The answer with other headers; `null` takes one away. */
export function withHeaders(response: Response, changes: Record<string, string | null>, status?: number): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  const bodiless = [204, 304].includes(status ?? response.status);
  return new Response(bodiless ? null : response.body, { status: status ?? response.status, headers });
}

/** An answer that is nested as an error of the API. */
export const nested = (code: number, message: string): Response =>
  Response.json({ error: { code, message, status: 'OTHER' } }, { status: code });

/** How often a change happens: `times` at most, after `skip` that fit. */
interface Often {
  times?: number;
  skip?: number;
}

function counted({ times = Number.POSITIVE_INFINITY, skip = 0 }: Often): () => boolean {
  let [passed, changed] = [0, 0];
  return () => passed++ >= skip && changed++ < times;
}

/** Changes answers to a method. `change` gives the JSON anew, or a whole answer. */
export function onCall(
  name: string,
  fits: (body: Json, passing: Passing) => boolean,
  change: (json: Json, passing: Passing) => unknown,
  often: Often = {},
): Change {
  const isTime = counted(often);
  return async (passing) => {
    const { rpc, body, response } = passing;
    if (rpc !== name || !body || !fits(body, passing) || !isTime()) return undefined;
    const json = await response
      ?.clone()
      .json()
      .catch(() => ({}));
    const changed = change(json ?? {}, passing);
    return changed instanceof Response ? changed : Response.json(changed, { status: response?.status });
  };
}

/** Changes answers to what is no RPC. */
export function onFile(
  fits: (passing: Passing) => boolean,
  change: (response: Response, passing: Passing) => Response | Promise<Response>,
  often: Often = {},
): Change {
  const isTime = counted(often);
  return async (passing) => {
    if (passing.rpc || !fits(passing) || !isTime()) return undefined;
    return change(passing.response ?? new Response(null, { status: 599 }), passing);
  };
}

/** Changes where a file of a dataset is redirected to. */
export function onAddress(
  fits: (body: Json) => boolean,
  change: (address: string) => string,
  often: Often = {},
): Change {
  const isTime = counted(often);
  return ({ rpc, body, response }) => {
    const location = response?.headers.get('location');
    if (rpc !== 'DownloadDataset' || !location || !fits(body) || !isTime()) return undefined;
    return withHeaders(response!, { location: change(location) });
  };
}

/** Changes what is uploaded, by the range that a PUT names. */
export const onPut = (range: RegExp, change: (response: Response, passing: Passing) => Response): Change =>
  onFile(({ request }) => request.method === 'PUT' && range.test(request.headers.get('content-range') ?? ''), change);

/** Changes a listing of files: of a version of the dataset. */
export const onListing = (version: number, change: (names: string[]) => string[]): Change =>
  onCall(
    'ListDatasetFiles',
    ({ datasetVersionNumber }) => datasetVersionNumber === version,
    (json) => ({
      ...json,
      datasetFiles: change(json.datasetFiles.map(({ name }: { name: string }) => name)).map((name) => ({ name })),
    }),
  );

/** Changes what the kernel is said to have left, after the check has fetched it. */
export const onOutput = (change: (files: Json[]) => Json[]): Change =>
  onCall(
    'ListKernelSessionOutput',
    ({ pageSize }, { done }) => done && pageSize === 100,
    (json) => ({ ...json, files: change(json.files ?? []) }),
  );
