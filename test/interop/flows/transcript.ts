import { expect } from 'vitest';
import { makeFiles } from '../../../src/cli/check/upload.ts';
import { collectFolder } from '../../../src/cli/collect.ts';
import { titleOf } from '../../../src/cli/names.ts';
import { memoryPlatform } from '../../../src/platform/memory/index.ts';
import * as datasets from '../../../src/services/datasets/index.ts';
import { getAcceleratorQuotaStatistics } from '../../../src/services/kernels/generated/index.ts';
import * as kernels from '../../../src/services/kernels/index.ts';
import type { Flow, RecordedRequest } from './recording.ts';
import { createReplay } from './replay.ts';
import { createScene, type Scene } from './scene.ts';
import { createWorld } from './world.ts';

const owner = 'alice';
const word = 'abcdefgh';
const data = { owner, slug: `kaggle-ts-check-${word}-data` };
const kernel = { ref: `${owner}/kaggle-ts-check-${word}`, versionNumber: 1 };

/** What the second version of the dataset has. */
const second = { 'table.csv': new TextEncoder().encode('id,value\n1,2\n') };

/** What each part of a check did, by the verbs; what follows the names are their arguments. */
const plays: [part: RegExp, play: (scene: Scene, ...args: string[]) => Promise<unknown>][] = [
  [/^credential$/, async ({ client }) => expect(await client.whoAmI()).toBe(owner)],
  [/^kernels$/, ({ client }) => kernels.list(client, { user: owner, pageSize: 20 }, { limit: 20 }).all()],
  [/^datasets$/, ({ client }) => client.call('datasets.DatasetApiService', 'ListDatasets', {})],
  [/^accelerator quota$/, ({ client }) => client.call(getAcceleratorQuotaStatistics)],
  [
    /^upload version (\d)$/,
    async ({ client }, version) => {
      const files = Object.entries(version === '1' ? makeFiles(false) : second).map(([name, bytes]) => ({
        name,
        data: bytes,
      }));
      const made = { ...data, title: titleOf(data.slug), isPrivate: true, files, notes: `check ${version}` };
      expect((await datasets.createOrVersion(client, made)).ref).toBe(`${data.owner}/${data.slug}`);
    },
  ],
  [
    /^wait for version (\d)$/,
    ({ client }, version) => datasets.waitUntilReady(client, { ...data, version: Number(version) }),
  ],
  [
    /^download (?!all |the output )(.*)$/,
    ({ client }, file) => datasets.download(client, { ...data, version: 1, file }, collectFolder()),
  ],
  [
    /^push$/,
    async ({ client }) => {
      const request = {
        slug: kernel.ref,
        newTitle: titleOf(kernel.ref.split('/')[1]!),
        text: 'print(1)\n',
        isPrivate: true,
      };
      expect(await kernels.push(client, request)).toMatchObject(kernel);
    },
  ],
  [
    /^wait for the start$/,
    async ({ client }) => {
      const seen = await kernels.status(client, kernel);
      expect(seen.status).toMatch(/^[A-Z_]+$/);
    },
  ],
  [
    /^follow the log to its end$/,
    async ({ client }) => {
      let text = '';
      for await (const { data: piece } of kernels.logs(client, kernel, { follow: true })) text += piece;
      expect(text).toContain(`the word is ${word}\n`);
    },
  ],
  [
    /^wait for the end$/,
    async ({ client }) => expect(await kernels.wait(client, kernel)).toMatchObject({ status: 'COMPLETE' }),
  ],
  [
    /^download the output and compare it$/,
    async ({ client }) => {
      const names = (await kernels.output(client, kernel, collectFolder())).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['result.txt', 'folder/bytes.bin']));
    },
  ],
];

/** A part of a transcript that was played: what was asked then, and now. */
export interface Played {
  part: string;
  recorded: RecordedRequest[];
  asked: readonly RecordedRequest[];
}

/** Whether a flow is a transcript of `kaggle-ts check all --record`. */
export const isTranscript = ({ client }: Flow): boolean => client.startsWith('kaggle-ts ');

/**
 * Does again, against the answers of a transcript, what its check did by verbs. Its questions, which are requests that no
 * verb makes, are left out.
 */
export async function playTranscript(flow: Flow): Promise<Played[]> {
  const world = createWorld(flow);
  const played: Played[] = [];
  for (const step of flow.steps) {
    const part = step.command.at(-1)!;
    for (const [pattern, play] of plays) {
      const match = pattern.exec(part);
      if (!match) continue;
      const replay = createReplay(step, world);
      const scene = createScene(flow, memoryPlatform(), world, replay, { token: 'KGAT_test' });
      await expect(play(scene, ...match.slice(1)), part).resolves.not.toThrow();
      played.push({ part, recorded: step.http.map(({ request }) => request), asked: replay.asked });
    }
  }
  return played;
}
