import type { Inside } from '../../../src/cli/check/question.ts';
import { nested, onAddress, onCall, onFile, onListing, onOutput, onPut, withHeaders } from './changes.ts';
import type { Change, Passing } from './lab.ts';

/** How a server differs, so that a question finds it out. */
export interface Proof {
  /** Differences that would hide each other are in worlds of their own. */
  world: 'one' | 'two' | 'legacy key';
  change?: () => Change;
  /** What the kernel tells. */
  inside?: Partial<Inside>;
}

const one = (change: () => Change): Proof => ({ world: 'one', change });
const two = (change: () => Change): Proof => ({ world: 'two', change });
const inside = (told: Partial<Inside>): Proof => ({ world: 'one', inside: told });

const always = () => true;
const scheme = ({ request }: Passing) => request.headers.get('authorization') ?? '';
const fine = (json: object = {}) => Response.json(json);

/** The first listing of kernels, which is no question's. */
const firstList = (world: Proof['world']): Proof => ({
  world,
  change: () =>
    onCall(
      'ListKernels',
      ({ pageSize }) => pageSize === 20,
      () => nested(401, 'Unauthenticated'),
    ),
});

const cors = (fits: (passing: Passing) => boolean, origin: string): Proof =>
  one(() => async ({ request, response, ...rest }) => {
    if (request.headers.get('origin') !== origin || !response || !fits({ request, response, ...rest }))
      return undefined;
    return withHeaders(response, { 'access-control-allow-origin': origin });
  });

/** A page of each origin may use a place. */
function corsProofs(target: string, fits: (passing: Passing) => boolean): Record<string, Proof> {
  return {
    [`cors.${target}.localhost`]: cors(fits, 'http://localhost:8080'),
    [`cors.${target}.other`]: cors(fits, 'https://example.com'),
    [`cors.${target}.kaggle`]: cors(fits, 'https://www.kaggle.com'),
  };
}

/** What the storage does otherwise at one kind of address. */
function storageProofs(id: string, part: RegExp): Record<string, Proof> {
  const fits = ({ request, url }: Passing) => request.method === 'GET' && part.test(url.pathname);
  const whole = (condition: RegExp) => (passing: Passing) =>
    fits(passing) &&
    passing.request.headers.has('range') &&
    condition.test(passing.request.headers.get('if-range') ?? '');
  const ignored = (response: Response) => withHeaders(response, { 'content-range': null }, 200);
  return {
    [`hash.${id}`]: one(() => onFile(fits, (response) => withHeaders(response, { 'x-goog-hash': null }))),
    [`etag.${id}`]: two(() => onFile(fits, (response) => withHeaders(response, { etag: null }))),
    [`range.${id}`]: one(() => onFile(whole(/^$/), ignored)),
    [`if-range.same.${id}`]: one(() => onFile(whole(/^"(?!another)/), ignored)),
    [`if-range.other.${id}`]: one(() =>
      onFile(whole(/another/), (response) => withHeaders(response, { 'content-range': 'bytes 1-4/100' }, 206)),
    ),
  };
}

/** A label is taken otherwise, once the check has got what it needs. */
function labelProofs(id: string, rpc: string): Record<string, Proof> {
  const proof = (label: string | undefined, answer: () => Response) =>
    one(() =>
      onCall(
        rpc,
        ({ versionLabel, pageSize, kernelSlug }, { done }) =>
          done && pageSize === undefined && versionLabel === label && !kernelSlug.includes('/'),
        answer,
      ),
    );
  return {
    [`label.${id}.v`]: proof('v1', () => nested(404, 'No such label')),
    [`label.${id}.number`]: proof('1', () => fine()),
    [`label.${id}.none`]: proof(undefined, () => nested(404, 'A label is needed')),
  };
}

const isLog = (ending: RegExp) => (passing: Passing) =>
  passing.done && ending.test(passing.url.pathname.replace(/^.*\/logs\/stream/, '') + passing.url.search);

const blobs = (change: (json: Record<string, unknown>) => object): Proof =>
  one(() =>
    onFile(
      ({ request, response }) => request.method === 'PUT' && response?.status === 200,
      async (response) => {
        const headers = new Headers(response.headers);
        return new Response(JSON.stringify(change(await response.json())), { headers });
      },
    ),
  );

const empty = (rpc: string, slug: RegExp, answer: () => Response): Proof =>
  one(() => onCall(rpc, (body) => body.files?.length === 0 && slug.test(body.slug), answer));

const rename = (version: number, from: RegExp, to: string): Proof =>
  one(() => onListing(version, (names) => names.map((name) => name.replace(from, to))));

const packing = (fileName: string, from: RegExp, to: string): Proof =>
  // Once: what the check itself fetches afterwards comes as it should.
  one(() =>
    onAddress(
      (body) => body.fileName === fileName,
      (address) => address.replace(from, to),
      { times: 1 },
    ),
  );

const saved = (fits: (body: { id?: number; kernelType: string; text: string }) => boolean): Proof =>
  one(() => onCall('SaveKernel', fits, () => fine({ ref: '/code/alice/x', versionNumber: 2, error: '' })));

/** A way of differing for every question, by its id. */
export function proofs(clock: { jump(seconds: number): void }): Record<string, Proof> {
  const late = (rpc: string, status: string): Proof => ({
    world: 'two',
    change: () =>
      onCall(rpc, always, (json, { response }) => {
        if (json.status === status) clock.jump(3600);
        return response;
      }),
  });
  return {
    'auth.bearer': firstList('one'),
    'auth.token-as-basic': one(() =>
      onCall(
        'ListKernels',
        (_, passing) => scheme(passing).startsWith('Basic'),
        () => fine(),
      ),
    ),
    'auth.basic-changes': {
      world: 'legacy key',
      change: () =>
        onCall(
          'StartBlobUpload',
          ({ type }) => type !== undefined,
          () => nested(401, 'Unauthenticated'),
        ),
    },
    'auth.basic-reads': firstList('legacy key'),
    'auth.key-as-bearer': {
      world: 'legacy key',
      change: () =>
        onCall(
          'ListKernels',
          (_, passing) => scheme(passing) === 'Bearer alice-key',
          () => fine(),
        ),
    },
    'auth.made-up': two(() =>
      onCall(
        'ListKernels',
        (_, passing) => /KGAT_\w{32}/.test(scheme(passing)),
        () => fine(),
      ),
    ),
    'auth.made-up-shape': one(() =>
      onCall(
        'ListKernels',
        (_, passing) => /KGAT_\w{32}/.test(scheme(passing)),
        () => Response.json({ code: 401, message: 'Unauthenticated' }, { status: 401 }),
      ),
    ),
    'auth.introspect': one(() => onCall('IntrospectToken', always, ({ scope: _, ...rest }) => rest)),

    'errors.shape': one(() =>
      onCall('GetKernel', always, ({ error, ...rest }) => ({ ...rest, code: error?.code, message: error?.message })),
    ),
    'errors.missing-kernel': two(() =>
      onCall(
        'GetKernel',
        (_, { response }) => response?.status === 403,
        () => nested(404, 'Not found'),
      ),
    ),
    'errors.unknown-method': one(() => onCall('NoSuchMethod', always, () => fine())),
    'errors.foreign-owner': one(() =>
      onCall(
        'CreateDataset',
        ({ ownerSlug }) => ownerSlug !== 'alice',
        () => nested(403, 'Denied'),
      ),
    ),
    'errors.slug-letters': empty('CreateDataset', /\./, () => nested(400, 'Bad Request')),
    'errors.slug-blank': empty('CreateDataset', / /, () => fine({ status: 'Error', error: 'No blanks' })),
    'errors.rest-shape': {
      world: 'two',
      change: () =>
        onFile(
          ({ url }) => url.pathname.endsWith('/kernels/status'),
          () => nested(404, 'Not found'),
        ),
    },
    'errors.rest-any-token': {
      world: 'two',
      change: () =>
        onFile(
          ({ url, request }) => url.pathname.endsWith('/datasets/list') && request.headers.has('authorization'),
          () => nested(401, 'No'),
        ),
    },
    'errors.pages': two(() =>
      onCall('GetAcceleratorQuotaStatistics', always, () => new Response('<html>Too busy</html>', { status: 503 }), {
        times: 1,
      }),
    ),
    'errors.retry-after': one(() =>
      onCall('ListDatasets', always, () => nested(429, 'Too many requests'), { times: 1 }),
    ),
    'errors.rate': one(() => onCall('ListDatasets', always, () => nested(429, 'Too many requests'), { times: 1 })),

    ...corsProofs('api', ({ url }) => url.pathname.includes('/v1/')),
    ...corsProofs('upload', ({ url }) => url.pathname.startsWith('/upload/')),
    ...corsProofs('download', ({ url }) => url.pathname.startsWith('/download/')),
    ...corsProofs('output', ({ url }) => url.pathname.startsWith('/kf/')),

    'upload.type': one(() =>
      onCall(
        'StartBlobUpload',
        ({ type }) => type === undefined,
        () => fine({ token: 'x' }),
      ),
    ),
    'upload.session': one(() =>
      onCall('StartBlobUpload', always, (json) => ({
        ...json,
        ...(json.createUrl && { createUrl: json.createUrl.replace('/storage/v1/', '/other/') }),
      })),
    ),
    'upload.last': blobs(({ md5Hash: _, ...rest }) => rest),
    'upload.hash': one(() =>
      onFile(
        ({ request }) => request.method === 'PUT',
        (response) => withHeaders(response, { 'x-goog-hash': null }),
      ),
    ),
    'upload.inbox': blobs((json) => ({ ...json, name: 'elsewhere/x' })),
    'upload.query': one(() =>
      onPut(/^bytes \*\/786432/, (response) =>
        response.headers.has('range') ? response : withHeaders(response, { range: 'bytes=0-0' }),
      ),
    ),
    'upload.part': one(() => onPut(/^bytes 0-262143\/786432/, (response) => withHeaders(response, { range: null }))),
    'upload.order': one(() => onPut(/^bytes 524288-/, () => nested(400, 'Out of order'))),
    'upload.order-after': one(() =>
      onPut(/^bytes \*\/786432/, (response) =>
        response.headers.get('range') === 'bytes=0-262143' ? nested(404, 'Gone') : response,
      ),
    ),
    'upload.gap': one(() => onPut(/^bytes 262144-524287\/524288/, () => new Response(null, { status: 308 }))),
    'upload.twice': one(() =>
      onPut(/^bytes 0-262143\/262144/, (response) => (response.status === 599 ? fine() : response)),
    ),
    'upload.expired': one(() =>
      onFile(
        ({ url }) => url.search.includes('no-such-session'),
        () => nested(410, 'Gone'),
      ),
    ),

    'dataset.hidden': one(() =>
      onCall(
        'GetDatasetStatus',
        (_, { response }) => response?.status === 404,
        () => fine({ status: 'BLOBS_RECEIVED' }),
      ),
    ),
    'dataset.refused': one(() =>
      onCall(
        'CreateDatasetVersion',
        ({ body }) => body.files.length === 0,
        () => fine({ status: 'ok', error: '' }),
      ),
    ),
    'dataset.taken': empty('CreateDataset', /-data$/, () => nested(409, 'Already exists')),
    'dataset.number': one(() => onCall('CreateDatasetVersion', always, (json) => ({ ...json, versionNumber: 2 }))),
    'dataset.statuses': one(() =>
      onCall('GetDatasetStatus', always, (json) =>
        !json.status || json.status === 'READY' ? json : { status: 'BLOBS_COUNTED' },
      ),
    ),
    'time.ready': late('GetDatasetStatus', 'READY'),
    'dataset.listed': one(() =>
      onCall(
        'ListDatasetFiles',
        ({ pageSize }) => pageSize === 500,
        (json) => ({ ...json, datasetFiles: json.datasetFiles.slice(1) }),
        { times: 1 },
      ),
    ),
    'dataset.page': one(() =>
      onCall(
        'ListDatasetFiles',
        ({ pageSize, datasetVersionNumber }) => pageSize === undefined && datasetVersionNumber === 3,
        (json) => ({ ...json, datasetFiles: json.datasetFiles.slice(1) }),
      ),
    ),
    'dataset.page-200': one(() =>
      onCall(
        'ListDatasetFiles',
        ({ pageSize, datasetVersionNumber }) => pageSize === 200 && datasetVersionNumber === 3,
        (json) => ({ ...json, datasetFiles: json.datasetFiles.slice(0, 20) }),
        // The first is that of the check, which reads what is there.
        { skip: 1 },
      ),
    ),
    'dataset.page-500': one(() =>
      onCall(
        'ListDatasetFiles',
        ({ pageSize, datasetVersionNumber }) => pageSize === 500 && datasetVersionNumber === 3,
        (json) => ({ ...json, datasetFiles: json.datasetFiles.slice(0, 20) }),
      ),
    ),

    'unpack.zip': rename(3, /^packed\/folder\/deep\.txt$/, 'packed.zip'),
    'unpack.tar': rename(3, /^tarred\/inside\.txt$/, 'tarred.tar'),
    'unpack.tar-gz': rename(3, /^gzipped\/inside\.txt$/, 'gzipped.tar.gz'),
    'unpack.gz': rename(3, /^alone\.txt$/, 'alone.txt.gz'),
    'unpack.folder': rename(3, /^inside\.txt$/, 'lost/inside.txt'),
    'unpack.single': rename(4, /^inside\.txt$/, 'single/inside.txt'),

    'download.redirect': one(
      () =>
        async ({ rpc, body, response }) =>
          rpc === 'DownloadDataset' && body.fileName === 'folder/bytes.bin' && response
            ? withHeaders(response, {}, 303)
            : undefined,
    ),
    'download.folder': one(() =>
      onCall(
        'DownloadDataset',
        ({ fileName }) => fileName === 'folder',
        () => nested(403, 'Denied'),
      ),
    ),
    'address.dataset': one(() => onAddress(always, (address) => address.replace('GOOG4-RSA-SHA256', 'GOOG5'))),
    'address.lifetime': one(() => onAddress(always, (address) => address.replace('=259200', '=3600'))),
    'address.archive': one(() =>
      onAddress(always, (address) => address.replace('bundle/archive.zip', 'bundle/all.zip')),
    ),
    'address.output': one(() =>
      onOutput((files) =>
        files.map((file) => (file.fileName === 'folder/bytes.bin' ? { ...file, url: `${file.url}?v=1` } : file)),
      ),
    ),
    'address.output-name': one(() =>
      onOutput((files) =>
        files.map((file) => (file.fileName === 'größe 1.txt' ? { ...file, url: encodeURI(file.url) } : file)),
      ),
    ),
    'errors.storage': one(() =>
      onFile(
        ({ url }) => url.searchParams.get('X-Goog-Signature') === '00',
        () => nested(403, 'Denied'),
      ),
    ),
    'wrap.csv': packing('table.csv', /table\.csv/, 'table.csv.zip'),
    'wrap.txt': packing('empty.txt', /empty\.txt/, 'empty.txt.zip'),
    'wrap.bin': packing('folder/bytes.bin', /bytes\.bin/, 'bytes.bin.zip'),
    'wrap.large-csv': packing('large.csv', /large\.csv\.zip/, 'large.csv'),
    'wrap.large-txt': packing('large.txt', /large\.txt\.zip/, 'large.txt'),
    'wrap.large-bin': packing('large.bin', /large\.bin/, 'large.bin.zip'),
    ...storageProofs('archive', /\/bundle\//),
    ...storageProofs('file', /^\/download\/.*\/folder\/bytes\.bin/),
    ...storageProofs('output', /^\/kf\//),

    'kernel.answer': one(() =>
      onCall('SaveKernel', always, (json) => ({ ...json, ...(json.ref && { ref: json.ref.replace('/code', '') }) })),
    ),
    'status.early': one(() =>
      onCall(
        'GetKernelSessionStatus',
        (_, { response }) => response?.status === 404,
        () => fine(),
        { times: 1 },
      ),
    ),
    'status.queued': one(() =>
      onCall(
        'GetKernelSessionStatus',
        (_, { response }) => response?.ok === true,
        (json) => ({ status: 'QUEUED', ...json }),
      ),
    ),
    'status.words': two(() =>
      onCall(
        'GetKernelSessionStatus',
        (_, { response, done }) => !done && response?.ok === true,
        (json) => (json.status ? json : { status: 'GATHERING' }),
      ),
    ),
    'time.run': late('GetKernelSessionStatus', 'RUNNING'),
    'cancel.other': one(() => onCall('CancelKernelSession', always, () => fine())),
    'save.foreign': saved(({ id }) => id === 1),
    'save.editor': saved(({ kernelType }) => kernelType === 'notebook'),
    'save.large': saved(({ text }) => text.length > 1_000_000),
    'kernels.page-100': one(() =>
      onCall(
        'ListKernels',
        ({ pageSize }) => pageSize === 100,
        () => nested(400, 'Too many'),
      ),
    ),
    'quota.fields': one(() =>
      onCall('GetAcceleratorQuotaStatistics', always, (json) => ({
        ...json,
        gpuQuota: { timeUsed: json.gpuQuota.timeUsed },
      })),
    ),

    ...labelProofs('status', 'GetKernelSessionStatus'),
    ...labelProofs('output', 'ListKernelSessionOutput'),
    ...labelProofs('source', 'GetKernel'),
    ...labelProofs('files', 'ListKernelFiles'),
    'label.log.v': two(() => onFile(isLog(/\?versionLabel=v1$/), () => nested(404, 'No such label'))),
    'label.log.number': one(() => onFile(isLog(/\?versionLabel=1$/), () => Response.json([]))),
    'label.log.none': one(() => onFile(isLog(/check-\w+$/), () => nested(404, 'A label is needed'))),
    'label.log.path': one(() => onFile(isLog(/\/v1$/), () => Response.json([]))),
    'label.slug': one(() =>
      onCall(
        'GetKernelSessionStatus',
        ({ kernelSlug }) => kernelSlug.includes('/'),
        () => fine(),
      ),
    ),

    'output.running': one(() =>
      onCall(
        'ListKernelSessionOutput',
        ({ pageSize }, { done }) => !done && pageSize === 100,
        () => fine({ files: [{}] }),
      ),
    ),
    'output.page-500': one(() =>
      onCall(
        'ListKernelSessionOutput',
        ({ pageSize }, { done }) => done && pageSize === 500,
        () => nested(400, 'Too many'),
      ),
    ),
    'output.page-501': one(() =>
      onCall(
        'ListKernelSessionOutput',
        ({ pageSize }) => pageSize === 501,
        () => fine({ files: [] }),
      ),
    ),
    'output.dotfile': one(() => onOutput((files) => files.filter(({ fileName }) => fileName !== '.hidden'))),
    'output.link': one(() => onOutput((files) => [...files, { ...files[0], fileName: 'link.txt' }])),
    'output.empty': one(() => onOutput((files) => [...files, { ...files[0], fileName: 'empty/' }])),
    'log.stored': one(() =>
      onCall(
        'ListKernelSessionOutput',
        ({ pageSize }, { done }) => done && pageSize === 100,
        (json) => ({ ...json, ...(json.log && { log: json.log.replace(/"time":([\d.]+)/g, '"time":"$1"') }) }),
      ),
    ),
    'log.live': two(() => onStream((text) => text.replace(/^data: /m, 'data: a heartbeat\n\ndata: '))),
    'log.live-end': one(() => onStream((text) => text.replace(/data: END_OF_LOG\s*/, ''))),
    'log.charset': one(() =>
      onFile(
        ({ response }) => response?.headers.get('content-type')?.startsWith('text/event-stream') === true,
        (response) => withHeaders(response, { 'content-type': 'text/event-stream' }),
      ),
    ),
    'log.address': two(() =>
      onFile(
        ({ url, done }) => !done && url.pathname.includes('/logs/stream/') && !url.searchParams.has('hop'),
        (_, { url }) => new Response(null, { status: 302, headers: { location: `${url.href}&hop=1` } }),
        { times: 1 },
      ),
    ),
    'log.ended': one(() =>
      onFile(isLog(/\?versionLabel=v1$/), (response) => withHeaders(response, { 'content-type': 'text/plain' })),
    ),

    'mounts.owner': inside({ inputs: ['elsewhere/table.csv'] }),
    'mounts.version': { world: 'two', inside: { inputs: ['<slug>/table.csv', 'datasets/alice/<slug>/table.csv'] } },
    'mounts.old': { world: 'two', inside: { inputs: ['<slug>/table.csv', 'datasets/alice/<slug>/table.csv'] } },
    'working.empty': inside({ working: ['left-over.txt'] }),
    'variables.run': inside({ variables: [] }),
    'variables.credential': inside({ variables: [] }),
    'variables.folders': inside({ variables: [] }),
    'variables.run-type': inside({ runType: 'Interactive' }),
    'session.container': inside({ container: 'aaaa' }),
    'session.hidden': one(() =>
      onCall('SaveKernel', always, (json, { emulator }) => {
        const version = emulator.state.kernels.values().next().value?.versions[0];
        return { ...json, ...(json.kernelId && { sessionId: version?.sessionId }) };
      }),
    ),
  };
}

/** Changes the text of a live log as it passes. */
function onStream(change: (text: string) => string): Change {
  return onFile(
    ({ response }) => response?.headers.get('content-type')?.startsWith('text/event-stream') === true,
    (response) => {
      const decoder = new TextDecoder();
      const encoder = new TextEncoder();
      const changed = response.body!.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform: (bytes, controller) => controller.enqueue(encoder.encode(change(decoder.decode(bytes)))),
        }),
      );
      return new Response(changed, { headers: response.headers });
    },
  );
}
