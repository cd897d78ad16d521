/** What a page of the tests does with transfers: functions of `globalThis.transfers`. */

import { browserPlatform, createClient, directoryFolder, indexedDbState, opfs } from '../../../src/browser.ts';
import { crc32c } from '../../../src/core/hash/crc32c.ts';
import { createOrVersion, download, uploadFile } from '../../../src/services/datasets/index.ts';
import { pattern } from '../check.ts';

const platform = browserPlatform({ fs: opfs('files'), state: indexedDbState() });
const clientOf = (endpoint: string) => createClient({ endpoint, token: 'KGAT_test', platform });
const anySet = (size: number) => ({ owner: 'any', slug: 'set', version: 1, file: String(size) });

const transfers = {
  /** Files of so many MiB in the origin's own file system. */
  async fill(files: Record<string, number>): Promise<void> {
    for (const [name, mib] of Object.entries(files)) {
      const sink = await platform.fs!.sink(`in/${name}`);
      await sink.write(pattern(mib << 20), 0);
      await sink.commit();
    }
  },
  /** Makes a dataset of them; `moved` of the window has the name of the file that is under way, and its bytes. */
  async send(endpoint: string): Promise<number | undefined> {
    const dataset = { owner: 'alice', slug: 'from-a-page', title: 'From a page', notes: 'by a page', files: ['in'] };
    const { versionNumber } = await createOrVersion(clientOf(endpoint), dataset, { concurrency: 1, resume: true });
    return versionNumber;
  },
  /** Uploads the file that was chosen in the page's field. */
  async sendChosen(endpoint: string) {
    const [file] = document.querySelector('input')!.files!;
    const { size, verified } = await uploadFile(clientOf(endpoint), file!);
    return { size, verified };
  },
  /** Downloads into the origin's own file system, and lists its content. */
  async save(endpoint: string, size: number) {
    const root = await navigator.storage.getDirectory();
    const [file] = await download(clientOf(endpoint), anySet(size), directoryFolder(root));
    const saved = await (await root.getFileHandle(String(size))).getFile();
    return { verified: file!.verified, size: saved.size };
  },
  /** Downloads into a stream, and says what came out of it. */
  async pipe(endpoint: string, size: number) {
    let crc = 0;
    let closed = false;
    const stream = new WritableStream<Uint8Array>({
      write(chunk) {
        crc = crc32c(chunk, crc);
      },
      close() {
        closed = true;
      },
    });
    const [file] = await download(clientOf(endpoint), anySet(size), stream);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, crc);
    return { verified: file!.verified, crc32c: btoa(String.fromCharCode(...bytes)), closed };
  },
};

export type Transfers = typeof transfers;
Object.assign(globalThis, { transfers });
