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

export interface OutputOptions extends TransferOptions {
  /**
   * Only the files whose name it matches: a `RegExp`, or a glob such as `*.csv` or `plots/**`, which without a `/` fits in
   * any folder. The log is always fetched.
   */
  pattern?: RegExp | string | undefined;
  /**
   * What to do about files that are there already. `check` (default): one is fetched only if it is not the one that
   * the server has, by its checksum, or by what was remembered of an earlier download; `overwrite`: in any case.
   */
  existing?: Existing | undefined;
  /** Seconds without a byte after which a connection counts as lost; default 60. */
  stallTimeout?: number | undefined;
  /** Called with how the files are fetched: together in one archive, or each by itself. */
  onPlan?: ((plan: OutputPlan) => void) | undefined;
  /** Called when a file has another size than Kaggle lists. @default the platform's log (stderr, the console) */
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

/** A file that was fetched. */
export interface FetchedFile {
  /** Its name relative to `/kaggle/working`, with `/`; the log is `<slug>.log`. */
  name: string;
  /** Where it is now; the name where the target is not a folder of the file system. */
  path: string;
  /** Bytes. */
  size: number;
  /** What proved the content: a checksum, the length, or nothing. */
  verified: Verified;
  /** The file was there already: it was not fetched. */
  skipped?: true;
}

/** Which names are wanted. */
function chosen(pattern: RegExp | string | undefined): (name: string) => boolean {
  return pattern === undefined ? () => true : matcher(pattern);
}

/** `<slug>.log`, or another name when the kernel left a file, or a folder, of that name. */
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
 * Fetches the output files of a run, several at once, into `folder` (a path, or a `FolderSink`), with the log as
 * `<slug>.log` in the form in which the server stores it (JSON). Very many come as one archive, which is unpacked on
 * the way; what is not in it, by itself. Before anything is written the names of all files that are wanted are checked: one
 * that leads out of the folder, or two that are the same file on some system, and nothing is. If one file cannot be fetched the call fails;
 * no half file is left under a final name. The files that are finished by then stay, and so do the parts of large ones
 * (`<name>.part`): the next call goes on from there.
 *
 * @throws `ValidationError` (names), `TransferError`, `IntegrityError`; `KaggleError` for a run that has not ended;
 * `MissingCapabilityError` for a path without a file system; the signal's own reason on abort.
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
  const listing = await listAll(client, resolved, signal);
  const files = listing.files.filter(({ fileName }) => wanted(fileName));
  if (files.length === 0 && listing.files.length > 0) {
    const count = listing.files.length;
    warn(
      client,
      options,
      `none of the ${count} output files of ${resolved.ref} matches the pattern ${options.pattern}`,
    );
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

  const renew = createRenewal(() => listAll(client, resolved, signal), listing);
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
  // Nothing but its length speaks for a file whose checksum the storage does not announce: the listing may say more.
  const bare = fetched.filter(({ verified }) => verified === 'length' || verified === 'none');
  const listed = bare.length > 0 ? await listedSizes(client, resolved, signal) : new Map<string, number>();
  for (const { name, size } of bare) {
    const wanted = listed.get(name) ?? size;
    if (wanted !== size)
      warn(client, options, `"${name}" has ${size} bytes, but Kaggle lists ${wanted}: the download may be damaged`);
  }
  if (log !== undefined) {
    const size = await writeText(await target.sink(log), listing.log!);
    startProgress(log, 'download', onProgress).done(size);
    fetched.push({ name: log, path: pathIn(target, log), size, verified: 'none' });
  }
  return fetched;
}
