import { ValidationError } from '../../../core/errors.ts';
import { checkCall } from '../../../core/options/check.ts';
import { callback, oneOf, seconds } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import { transferFields } from '../../../core/options/transfer.ts';
import type { ByteSink } from '../../../core/platform.ts';
import type { TransferOptions, Verified } from '../../../core/progress.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { budgetsOf } from '../../../core/transfer/budget.ts';
import { download } from '../../../core/transfer/download/download.ts';
import type { Existing } from '../../../core/transfer/download/local-file.ts';
import { type Folder, folderField, type OpenFolder, openFolder } from '../../../core/transfer/folder.ts';
import { checkNames, foldName } from '../../../core/transfer/names.ts';
import { matcher, patternField } from '../../../core/transfer/pattern.ts';
import { pool } from '../../../core/transfer/pool.ts';
import { startProgress } from '../../../core/transfer/progress.ts';
import { type OnWarning, warn } from '../../../core/warn.ts';
import { type ResolvedRun, type RunRef, resolveRun, runField } from '../run-ref.ts';
import { outputByArchive } from './archive.ts';
import { createRenewal, listAll, listedSizes } from './listing.ts';
import type { OutputFile } from './pages.ts';
import { type OutputPlan, planOutput } from './plan.ts';

/** Options of `output`. */
export interface OutputOptions extends TransferOptions {
  /**
   * Downloads only files whose name matches: a `RegExp`, or a glob such as `*.csv` or `plots/**`. A glob without `/` matches in
   * every folder. The log is always downloaded.
   * @default all files
   */
  pattern?: RegExp | string | undefined;
  /**
   * What to do with existing files. `check` downloads a file only if it differs from the server's, by its checksum or by the
   * record of an earlier download; `overwrite` downloads all.
   * @default 'check'
   */
  existing?: Existing | undefined;
  /**
   * Seconds without data after which a request is retried; 0 for no limit.
   * @default 60
   */
  stallTimeout?: number | undefined;
  /** Receives how the files are downloaded: as one archive, or one by one. */
  onPlan?: ((plan: OutputPlan) => void) | undefined;
  /**
   * Receives warnings, for example that a file has another size than Kaggle lists.
   * @default the log of the platform (standard error, or the console)
   */
  onWarning?: OnWarning | undefined;
}

const outputFields = (): Fields<OutputOptions> => ({
  ...transferFields(),
  pattern: patternField(),
  existing: oneOf('check', 'overwrite'),
  stallTimeout: seconds(),
  onPlan: callback(),
  onWarning: callback(),
});

/** A downloaded file. */
export interface FetchedFile {
  /** Path relative to `/kaggle/working`, with `/`. The log is `<slug>.log`. */
  name: string;
  /** Path in the file system; equal to `name` if the target is a `FolderSink`. */
  path: string;
  /** Size in bytes. */
  size: number;
  /** How the content was verified: by a checksum, by its length, or not at all. */
  verified: Verified;
  /** The file existed and was not downloaded again. */
  skipped?: true;
}

/** Whether a file should be downloaded. */
function chosen(pattern: RegExp | string | undefined): (name: string) => boolean {
  return pattern === undefined ? () => true : matcher(pattern);
}

/** `<slug>.log`, or another name if the kernel left a file or folder of that name. */
function logName({ slug }: ResolvedRun, files: readonly OutputFile[]): string {
  const taken = new Set(files.map(({ fileName }) => foldName(fileName.split('/')[0]!)));
  for (let count = 0; ; count++) {
    const name = `${slug}${['', '.session'][count] ?? `.session-${count}`}.log`;
    if (!taken.has(foldName(name))) return name;
  }
}

async function writeText(sink: ByteSink, text: string): Promise<number> {
  const bytes = new TextEncoder().encode(text);
  try {
    if (bytes.length > 0) await sink.write(bytes, 0);
    await sink.commit();
  } catch (error) {
    await sink.abort(error);
    throw error;
  }
  return bytes.length;
}

function pathIn(folder: OpenFolder, name: string): string {
  return folder.path?.(name) ?? name;
}

/**
 * Downloads the output files of a run that has ended, even of one that failed, and its log.
 *
 * The log is saved as `<slug>.log`, as the JSON that Kaggle stores. Many files are downloaded as one archive and unpacked on
 * the way. In a folder, a file appears under its final name only when it is complete and verified. Until then it is
 * `<name>.part`, and a later call resumes it. All names are checked before anything is written.
 *
 * @param run - The run; see `RunRef`.
 * @param folder - Path of the folder, which is created if needed, or a `FolderSink`.
 * @returns The files that are now in the folder, the log last.
 * @throws `KaggleError` if the run has not ended.
 * @throws `ValidationError` if a file name is unsafe, or two names are the same file on some system.
 * @throws `TransferError` if a download fails after all retries, and `IntegrityError` if bytes do not match their checksum.
 * @throws `MissingCapabilityError` for a path on a platform without a file system.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { output } from 'kaggle-ts/kernels';
 *
 * const files = await output(createClient(), 'alice/my-training', './out', { pattern: '*.csv' });
 * for (const { name, size, verified } of files) console.log(name, size, verified);
 * ```
 */
export async function output(
  client: KaggleClient,
  run: RunRef,
  folder: Folder,
  options: OutputOptions = {},
): Promise<FetchedFile[]> {
  checkCall(
    'kernels.output',
    client,
    { run, folder, options },
    { run: runField, folder: folderField, options: outputFields },
  );
  const { signal, onProgress, stallTimeout } = options;
  const { concurrency = client.platform.concurrency, existing = 'check' } = options;
  budgetsOf(client).connections.widen(concurrency);
  const wanted = chosen(options.pattern);
  const target = openFolder(client, folder);
  const resolved = await resolveRun(client, run, { signal });
  const listing = await listAll(client, resolved, { signal });
  const files = listing.files.filter(({ fileName }) => wanted(fileName));
  if (files.length === 0 && listing.files.length > 0) {
    warn(client, options, `no output file of ${resolved.ref} matches the pattern ${options.pattern}`);
  }
  const log = listing.log === undefined ? undefined : logName(resolved, files);
  checkNames([...files.map((file) => file.fileName), ...(log === undefined ? [] : [log])]);
  for (const { fileName, url } of files) {
    if (!url) throw new ValidationError(`cannot download "${fileName}": the server returned no URL for it`);
  }
  if (client.signal?.aborted) throw client.signal.reason;
  target.expect(files.map((file) => file.fileName));

  const plan = planOutput({ files: files.length, all: files.length === listing.files.length, concurrency });
  client.log(`${resolved.ref}: downloading output as ${plan.by} (${plan.why})`);
  options.onPlan?.(plan);
  const names = files.map((file) => file.fileName);
  const shared = { onProgress, stallTimeout };
  const together = { ...shared, signal, concurrency, keep: existing === 'check' };
  const unpacked = plan.by === 'archive' ? await outputByArchive(client, resolved, names, folder, together) : undefined;

  const renew = createRenewal(() => listAll(client, resolved, { signal }), listing);
  const fetched = await pool(
    files,
    concurrency,
    async ({ fileName: name, url }, _index, stop): Promise<FetchedFile> => {
      const there = unpacked?.get(name);
      if (there) {
        const { size, verified, skipped } = there;
        return { name, path: pathIn(target, name), size, verified, ...(skipped && { skipped }) };
      }
      const { sink, local } = await target.destination(name, existing);
      const options = { ...shared, file: name, signal: stop, local };
      const from = { url, renew: (expired: string) => renew(name, expired) };
      const { size, verified, skipped } = await download(client, from, sink, options);
      return { name, path: pathIn(target, name), size, verified, ...(skipped && { skipped }) };
    },
    signal,
  );
  // Files without a checksum were verified by their length at most: compare the listed sizes.
  const bare = fetched.filter(({ verified }) => verified === 'length' || verified === 'none');
  const listed = bare.length > 0 ? await listedSizes(client, resolved, signal) : new Map<string, number>();
  for (const { name, size } of bare) {
    const wanted = listed.get(name) ?? size;
    if (wanted !== size)
      warn(client, options, `"${name}" has ${size} bytes, but Kaggle lists ${wanted}: the download may be corrupted`);
  }
  if (log !== undefined) {
    const size = await writeText(await target.sink(log), listing.log!);
    startProgress(log, 'download', onProgress).done(size);
    fetched.push({ name: log, path: pathIn(target, log), size, verified: 'none' });
  }
  return fetched;
}
