import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ends, setStage } from '../stage.ts';
import {
  asked,
  type Claims,
  cliDownload,
  cliUpload,
  headersOf,
  hubDownload,
  interrupt,
  large,
  MiB,
  prepareDownload,
  prepareUpload,
} from './claim.ts';

const storage = { match: { verb: 'GET' } } as const;

export const downloading: Claims = {
  'download in a later process': {
    says: '`kaggle` resumes if the ETag is unchanged; kagglehub resumes without checking',
    async check(context) {
      const stage = await setStage(context);
      await prepareDownload(stage);
      const reached = (file: string) => () => existsSync(file) && statSync(file).size >= 3 * MiB;
      stage.emulator.faults.add({ kind: 'stall', bytes: 4 * MiB, ...storage });
      const file = join(stage.folder, 'out/big.bin');
      await interrupt(stage, cliDownload, reached(file));
      expect(headersOf(stage, 'GET', 'range').at(-1)).toMatch(/^bytes=\d{7}-$/);
      expect(headersOf(stage, 'GET', 'if-range').at(-1)).toMatch(/^"/);
      expect(readFileSync(file)).toEqual(Buffer.from(large));
      stage.emulator.faults.add({ kind: 'stall', bytes: 4 * MiB, ...storage });
      const cached = join(stage.folder, 'cache/datasets/alice/ready-data/versions/1/big.bin');
      await interrupt(stage, hubDownload, reached(cached));
      expect(headersOf(stage, 'GET', 'range').at(-1)).toMatch(/^bytes=\d{7}-$/);
      expect(headersOf(stage, 'GET', 'if-range').at(-1)).toBeUndefined();
    },
  },
  'existing local file': {
    says: '`kaggle` compares size and modification time; kagglehub checks a marker in its cache',
    async check(context) {
      const stage = await setStage(context);
      await prepareDownload(stage);
      const spoilt = new Uint8Array(large.length);
      for (const [download, file] of [
        [cliDownload, join(stage.folder, 'out/big.bin')],
        [hubDownload, join(stage.folder, 'cache/datasets/alice/ready-data/versions/1/big.bin')],
      ] as const) {
        await ends(download(stage));
        writeFileSync(file, spoilt);
        await ends(download(stage));
        expect(readFileSync(file)).toEqual(Buffer.from(spoilt));
      }
    },
  },
  'slow connection': {
    says: 'one connection',
    async check(context) {
      const stage = await setStage(context, { rate: 4 * MiB });
      await prepareDownload(stage);
      await ends(cliDownload(stage));
      await ends(hubDownload(stage));
      expect(headersOf(stage, 'GET', 'range')).toEqual([undefined, undefined]);
    },
  },
  'checksum of transfers': {
    says: 'kagglehub: MD5 of downloads',
    async check(context) {
      const stage = await setStage(context);
      stage.emulator.faults.add({ kind: 'wrongHash', match: { verb: 'PUT' }, times: 3 });
      await prepareDownload(stage);
      prepareUpload(stage);
      await ends(cliUpload(stage));
      expect(stage.emulator.faults.pending).toEqual([]);
      stage.emulator.state.requests.length = 0;
      stage.emulator.faults.add({ kind: 'wrongHash', ...storage, times: 2 });
      await ends(cliDownload(stage));
      const { code, stderr } = await hubDownload(stage);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/MD5/) });
    },
  },
  'corrupt or incomplete download': {
    says: '`kaggle` keeps it under the final name; kagglehub keeps an incomplete one',
    async check(context) {
      const stage = await setStage(context);
      await prepareDownload(stage);
      stage.emulator.faults.add({ kind: 'flip', bytes: MiB, ...storage });
      await ends(cliDownload(stage));
      const file = readFileSync(join(stage.folder, 'out/big.bin'));
      expect(file).toHaveLength(large.length);
      expect(file).not.toEqual(Buffer.from(large));
      const cached = join(stage.folder, 'cache/datasets/alice/ready-data/versions/1/big.bin');
      stage.emulator.faults.add({ kind: 'flip', bytes: MiB, ...storage });
      await ends(hubDownload(stage), 1);
      expect(existsSync(cached)).toBe(false);
      stage.emulator.faults.add({ kind: 'drop', bytes: 4 * MiB, ...storage });
      await ends(hubDownload(stage), 1);
      expect(statSync(cached).size).toBeLessThan(large.length);
    },
  },
  'one folder of a dataset': {
    says: 'kagglehub',
    async check(context) {
      const stage = await setStage(context);
      await prepareDownload(stage);
      const text = 'import kagglehub; print(kagglehub.dataset_download("alice/ready-data", path="sub"))';
      const folder = (await ends(stage.python(text))).trim().split('\n').at(-1)!;
      expect(readFileSync(join(folder, 'small.txt'), 'utf8')).toBe('small');
      await ends(stage.kaggle('datasets', 'download', 'alice/ready-data', '-f', 'sub', '-p', 'out'), 1);
    },
  },
  'download cache': {
    says: 'kagglehub',
    async check(context) {
      const stage = await setStage(context);
      await prepareDownload(stage);
      await ends(hubDownload(stage));
      stage.emulator.state.requests.length = 0;
      await ends(hubDownload(stage));
      expect(asked(stage)).not.toContain('GET');
      expect(asked(stage)).not.toContain('DownloadDataset');
    },
  },
  'unpacking archives': {
    says: 'after the download, from disk',
    async check(context) {
      const stage = await setStage(context);
      await prepareDownload(stage);
      const half = (folder: string) => () => existsSync(folder) && statSync(folder).size >= 3 * MiB;
      stage.emulator.faults.add({ kind: 'stall', bytes: -MiB, ...storage });
      const start = () => stage.kaggle('datasets', 'download', 'alice/ready-data', '-p', 'out', '--unzip');
      await interrupt(stage, start, half(join(stage.folder, 'out/ready-data.zip')));
      expect(readFileSync(join(stage.folder, 'out/big.bin'))).toEqual(Buffer.from(large));
      stage.emulator.faults.add({ kind: 'stall', bytes: -MiB, ...storage });
      const hub = () => stage.python('import kagglehub; kagglehub.dataset_download("alice/ready-data")');
      await interrupt(stage, hub, half(join(stage.folder, 'cache/datasets/alice/ready-data/1.archive')));
    },
  },
};
