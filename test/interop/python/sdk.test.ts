import { expect, test } from 'vitest';
import { skip } from '../../skip.ts';
import { missing, python } from './clients.ts';
import { answer, ends, setStage } from './stage.ts';

test('kagglesdk pushes a kernel, follows its status, and reads log, output and source', {
  timeout: 60_000,
}, async (context) => {
  const { python } = await setStage(context);
  const result = await answer<Record<string, unknown>>(
    python(`
import json, time
import requests
from kagglesdk import KaggleClient
from kagglesdk.kernels.types.kernels_api_service import (
    ApiGetKernelRequest,
    ApiGetKernelSessionStatusRequest,
    ApiListKernelSessionOutputRequest,
    ApiSaveKernelRequest,
)

with KaggleClient() as client:
    kernels = client.kernels.kernels_api_client
    push = ApiSaveKernelRequest()
    push.slug, push.new_title, push.language, push.kernel_type = "alice/sdk-job", "Sdk Job", "python", "script"
    push.text = "import json\\nprint('hello é')\\njson.dump({'sum': 6 * 7}, open('result.json', 'w'))\\n"
    push.is_private = True
    pushed = kernels.save_kernel(push)

    status = ApiGetKernelSessionStatusRequest()
    status.user_name, status.kernel_slug = "alice", "sdk-job"
    seen = []
    while not seen or seen[-1] not in ("COMPLETE", "ERROR"):
        try:
            now = kernels.get_kernel_session_status(status).status.name
        except Exception as error:  # Not visible yet.
            now = type(error).__name__
        if seen[-1:] != [now]:
            seen.append(now)
        time.sleep(0.1)

    wanted = ApiListKernelSessionOutputRequest()
    wanted.user_name, wanted.kernel_slug = "alice", "sdk-job"
    output = kernels.list_kernel_session_output(wanted)
    get = ApiGetKernelRequest()
    get.user_name, get.kernel_slug = "alice", "sdk-job"
    kernel = kernels.get_kernel(get)

print(json.dumps({
    "version": pushed.version_number,
    "error": pushed.error,
    "seen": seen,
    "log": "".join(line["data"] for line in json.loads(output.log) if line["stream_name"] == "stdout"),
    "files": {file.file_name: requests.get(file.url).text for file in output.files},
    "source": kernel.blob.source,
    "private": kernel.metadata.is_private,
}))
`),
  );
  expect(result).toMatchObject({ version: 1, error: '', private: true, log: 'hello é\n' });
  expect(result.files).toEqual({ 'result.json': '{"sum": 42}' });
  expect((result.seen as string[]).at(-1)).toBe('COMPLETE');
  expect(result.source).toContain("print('hello é')");
});

test('the official clients use the ports that docs/emulator.md names', async (context) => {
  const reason = missing();
  if (reason) skip(context, reason);
  const text = 'from kagglesdk.kaggle_env import *; print(get_endpoint(KaggleEnv.TEST), get_endpoint(KaggleEnv.LOCAL))';
  expect(await ends(python(['-c', text], '.'))).toBe('http://localhost:7777 http://localhost\n');
});
