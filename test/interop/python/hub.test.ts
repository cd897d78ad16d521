import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answer, binary, ends, filesIn, setStage } from './stage.ts';

const data = { 'data/a.csv': 'x,y\n1,2\n', 'data/b.bin': binary(300_000), 'data/sub/deep.csv': 'é\n' };

/** Fetches as soon as it can be had: right after an upload a version is still being processed. */
const fetch = `
import json, os, time
import kagglehub

def fetch(handle, version, **options):
    for attempt in range(100):
        try:
            path = kagglehub.dataset_download(handle, **options)
            if f"versions/{version}" in path:
                return path
        except Exception as error:
            last = error
        time.sleep(0.1)
    raise last
`;

test('kagglehub uploads a folder, then a version, and downloads both', async (context) => {
  const { emulator, folder, python, write } = await setStage(context);
  write(data);
  const { whoami, first, second } = await answer<Record<string, string>>(
    python(`${fetch}
result = {"whoami": kagglehub.whoami(verbose=False)["username"]}
kagglehub.dataset_upload("alice/hub-data", "data", version_notes="first")
result["first"] = fetch("alice/hub-data", 1)
open("data/more.txt", "w").write("more\\n")
kagglehub.dataset_upload("alice/hub-data", "data", version_notes="second", ignore_patterns=["a.csv"])
result["second"] = fetch("alice/hub-data", 2)
print(json.dumps(result))
`),
  );
  expect(whoami).toBe('alice');
  expect(filesIn(first!)).toEqual(['a.csv', 'b.bin', 'sub', 'sub/deep.csv']);
  expect(readFileSync(join(first!, 'b.bin'))).toEqual(Buffer.from(data['data/b.bin']));
  expect(readFileSync(join(first!, 'sub/deep.csv'), 'utf8')).toBe('é\n');
  expect(filesIn(second!)).toEqual(['b.bin', 'more.txt', 'sub', 'sub/deep.csv']);
  expect([...emulator.state.datasets.keys()]).toEqual(['alice/hub-data']);
  expect(filesIn(join(folder, 'data'))).toContain('more.txt');
});

test('kagglehub sends very many files as one archive, which is unpacked', async (context) => {
  const { python, write } = await setStage(context);
  write(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`many/${index}.txt`, `text ${index}`])));
  const path = await answer<string>(
    python(`${fetch}
kagglehub.dataset_upload("alice/hub-many", "many")
print(json.dumps(fetch("alice/hub-many", 1)))
`),
  );
  expect(filesIn(path)).toHaveLength(60);
  expect(readFileSync(join(path, '59.txt'), 'utf8')).toBe('text 59');
});

test('kagglehub downloads one file, and one folder, of a dataset', async (context) => {
  const { python, write, emulator } = await setStage(context);
  write({ ...data, 'data/sub/below/x.txt': 'x', 'data/sub/y.txt': 'y' });
  const { file, whole, again } = await answer<Record<string, string>>(
    python(`${fetch}
kagglehub.dataset_upload("alice/hub-data", "data")
result = {"file": fetch("alice/hub-data", 1, path="sub/deep.csv")}
result["whole"] = fetch("alice/hub-data", 1, path="sub")
result["again"] = fetch("alice/hub-data", 1, path="sub")
print(json.dumps(result))
`),
  );
  expect(readFileSync(file!, 'utf8')).toBe('é\n');
  expect(filesIn(whole!)).toEqual(['below', 'below/x.txt', 'deep.csv', 'y.txt']);
  expect(again).toBe(whole);
  const listed = emulator.state.requests
    .filter(({ rpc }) => rpc === 'ListTreeDatasetFiles')
    .map(({ body }) => (body as { path: string }).path);
  // Of a version that is being processed it takes the file for a folder.
  expect(listed.filter((path) => path !== 'sub/deep.csv').sort()).toEqual(['sub', 'sub/below']);
});

test('kagglehub fetches the output of a notebook, whole and one file', async (context) => {
  const { python } = await setStage(context);
  const { whole, one } = await answer<Record<string, string>>(
    python(`
import json, time
import kagglehub
from kagglesdk import KaggleClient
from kagglesdk.kernels.types.kernels_api_service import ApiGetKernelSessionStatusRequest, ApiSaveKernelRequest

with KaggleClient() as client:
    push = ApiSaveKernelRequest()
    push.slug, push.new_title, push.language, push.kernel_type = "alice/hub-job", "Hub Job", "python", "script"
    push.text = "import os; os.mkdir('deep'); open('deep/a.txt', 'w').write('A'); open('b.txt', 'w').write('B')"
    client.kernels.kernels_api_client.save_kernel(push)
    status = ApiGetKernelSessionStatusRequest()
    status.user_name, status.kernel_slug = "alice", "hub-job"
    while True:
        try:
            if client.kernels.kernels_api_client.get_kernel_session_status(status).status.name == "COMPLETE":
                break
        except Exception:
            pass  # Not visible yet.
        time.sleep(0.1)
print(json.dumps({
    "whole": kagglehub.notebook_output_download("alice/hub-job/versions/1"),
    "one": kagglehub.notebook_output_download("alice/hub-job/versions/1", path="deep/a.txt", force_download=True),
}))
`),
  );
  expect(filesIn(whole!)).toEqual(['b.txt', 'deep', 'deep/a.txt']);
  expect(readFileSync(one!, 'utf8')).toBe('A');
});

test('a dataset that does not exist is an error of kagglehub', async (context) => {
  const { python } = await setStage(context);
  const text = 'import kagglehub\nkagglehub.dataset_download("alice/nothing")';
  await ends(python(text), 1);
});
