import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { saveReport, saveTranscripts, tryPaths } from '../../../src/cli/check/write.ts';
import { compare } from '../../interop/flows/compare.ts';
import { type Flow, type RecordedRequest, readFlow } from '../../interop/flows/recording.ts';
import { isTranscript, playTranscript } from '../../interop/flows/transcript.ts';
import { nested, onCall, withHeaders } from './changes.ts';
import { hurry, type Result, runLab } from './lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-record-'));
const user = { username: 'zoe-lin-77', userId: 4_711_771, token: 'KGAT_0f1e2d3c4b5a69788796a5b4c3d2e1f0' };
const data = 'alice/kaggle-ts-check-abcdefgh-data';

/** A server that says back who asked, in every form. */
const indiscreet = onCall(
  'ListKernels',
  ({ pageSize }) => pageSize === 100,
  () => {
    const { token, username } = user;
    const forms = [
      token,
      encodeURIComponent(token),
      btoa(`${username}:${token}`),
      `Bearer ${token}`,
      username.toUpperCase(),
    ];
    return withHeaders(nested(400, `${forms.join(' ')} may not`.padStart(300, 'x')), { etag: `"${token}"` });
  },
);

let checked: Result;
let files: string[];
let report: string;
const flows: Record<string, Flow> = {};

beforeAll(async () => {
  hurry();
  checked = await runLab({
    options: { users: [user] },
    credential: { type: 'bearer', token: user.token },
    changes: [indiscreet],
  });
  await tryPaths(join(folder, 'report.md'), join(folder, 'transcripts'));
  files = await saveTranscripts(join(folder, 'transcripts'), checked);
  await saveReport(join(folder, 'report.md'), checked, new Date(0));
  report = readFileSync(join(folder, 'report.md'), 'utf8');
  for (const file of files) {
    const name = basename(file, '.json');
    flows[name] = readFlow(pathToFileURL(join(folder, 'transcripts', name)).href);
  }
});

afterAll(() => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true });
});

const exchanges = (flow: string) => flows[flow]!.steps.flatMap(({ http }) => http);
const stepOf = (flow: string, part: string) => flows[flow]!.steps.find(({ command }) => command.at(-1) === part)!;

/** What must not be in anything that is written. */
function secrets(): string[] {
  const { state } = checked.emulator;
  const uploads = [...state.uploads.values()].flatMap(({ id, token }) => [id, token]);
  const own = [user.token, btoa(`${user.username}:${user.token}`), user.username, String(user.userId), checked.word];
  return [...own, ...state.links.keys(), ...uploads];
}

test('the transcripts are three, and have everything that went over the wire', () => {
  expect(files.map((file) => basename(file))).toEqual(['check-live.json', 'check-datasets.json', 'check-kernels.json']);
  const all = Object.keys(flows).flatMap(exchanges);
  expect(all).toHaveLength(checked.exchanges.length);
});

test('no token, no name, no id of the user, no slug and no address of a file', () => {
  expect(secrets().length).toBeGreaterThan(40);
  for (const text of [...files.map((file) => readFileSync(file, 'utf8')), report]) {
    for (const secret of secrets()) expect(text.toLowerCase()).not.toContain(secret.toLowerCase());
    expect(text).not.toMatch(/eyJ|Bearer (?!KGAT_test|\[red)|Basic [\w=]{6}|X-Goog-Signature=|authorization":/);
  }
  expect(report).toMatch(/^\| kernels\.page-100 .*400.* \| differs \|$/m);
  // A person who looks at the terminal knows who they are.
  expect(checked.lines.join('\n')).not.toContain(user.token);
});

test('a stand-in is the same wherever it stands', () => {
  const owner = exchanges('check-live')[0]!.reply.body as { username: string; userId: number };
  expect(owner).toMatchObject({ active: true, username: 'alice' });
  const datasets = exchanges('check-datasets');
  const created = datasets.find(({ request }) => request.path.endsWith('/CreateDataset'))!;
  expect(created.request.body).toMatchObject({ ownerSlug: 'alice', slug: 'kaggle-ts-check-abcdefgh-data' });
  expect(created.reply.body).toMatchObject({ ref: `/${data}`, url: `https://www.kaggle.com/datasets/${data}` });
  const asked = (path: string) => datasets.filter(({ request }) => request.path.endsWith(path));
  for (const { reply } of asked('/StartBlobUpload')) {
    const { createUrl } = reply.body as { createUrl: string };
    const { pathname, search } = new URL(createUrl);
    expect(datasets.map(({ request }) => request.path)).toContain(pathname + search);
  }
  for (const { reply } of asked('/DownloadDataset')) {
    if (reply.status !== 302) continue;
    expect(reply.headers?.location).toMatch(/^http:\/\/127\.0\.0\.1:7777\/storage\/\d+\/[^/]+\?sig=\d+$/);
  }
  const pushed = exchanges('check-kernels').find(({ request }) => request.path.endsWith('/SaveKernel'))!;
  expect(pushed.reply.body).toMatchObject({ ref: '/code/alice/kaggle-ts-check-abcdefgh' });
  const asks = exchanges('check-kernels').find(({ request }) => request.path.endsWith('/GetKernelSessionStatus'))!;
  expect(asks.request.body).toMatchObject({ userName: 'alice', kernelSlug: 'kaggle-ts-check-abcdefgh' });
});

test('what was cut, and what the storage told, is kept', () => {
  const puts = exchanges('check-live').filter(({ request }) => request.method === 'PUT');
  expect(puts.filter(({ reply }) => reply.dropped)).not.toEqual([]);
  const last = stepOf('check-datasets', 'upload version 1').http.find(({ request }) => request.method === 'PUT')!;
  expect(last.reply.hash).toEqual(['crc32c', 'md5']);
  expect(Object.values(flows['check-datasets']!.objects!)).toContain(70_000);
});

describe('as recorded flows they are played by the replay of the official conversations', () => {
  test.each([
    ['check-live', ['credential', 'kernels', 'datasets', 'accelerator quota']],
    [
      'check-datasets',
      [
        'upload version 1',
        'wait for version 1',
        'download table.csv',
        'download empty.txt',
        'download folder/bytes.bin',
        'download folder/deeper/größe.txt',
        'upload version 2',
        'wait for version 2',
        'download table.csv',
      ],
    ],
    [
      'check-kernels',
      [
        'push',
        'wait for the start',
        'follow the log to its end',
        'wait for the end',
        'download the output and compare it',
      ],
    ],
  ])('%s', async (name, parts) => {
    expect(isTranscript(flows[name]!)).toBe(true);
    const played = await playTranscript(flows[name]!);
    expect(played.map(({ part }) => part)).toEqual(parts);
  });

  test('a dataset is made by the same requests', async () => {
    const [made] = await playTranscript(flows['check-datasets']!);
    // Bytes of the check have no time of their own: it is that of the upload.
    const timeless = ({ body, ...rest }: RecordedRequest): RecordedRequest => ({
      ...rest,
      ...(body !== undefined && { body: { ...body, lastModifiedEpochSeconds: 0 } }),
    });
    expect(compare(made!.recorded.map(timeless), made!.asked.map(timeless))).toEqual([]);
  });
});
