"""Pushes a kernel, waits for it, reads log and output with kagglesdk, and all output with kagglehub. Prints JSON."""

import json
import os
import sys
import time

from kagglesdk import KaggleClient
from kagglesdk.kaggle_env import get_env
from kagglesdk.kernels.types.kernels_api_service import (
    ApiGetKernelRequest,
    ApiGetKernelSessionStatusRequest,
    ApiListKernelSessionOutputRequest,
    ApiSaveKernelRequest,
)

with KaggleClient(env=get_env()) as client:
    kernels = client.kernels.kernels_api_client
    push = ApiSaveKernelRequest()
    push.slug = "alice/sdk-job"
    push.new_title = "Sdk Job"
    push.text = "import json\nprint('hello é')\njson.dump({'sum': 6 * 7}, open('result.json', 'w'))\n"
    push.language = "python"
    push.kernel_type = "script"
    push.is_private = True
    pushed = kernels.save_kernel(push)

    status = ApiGetKernelSessionStatusRequest()
    status.user_name, status.kernel_slug = "alice", "sdk-job"
    seen = []
    deadline = time.time() + 60
    while time.time() < deadline:
        try:
            now = kernels.get_kernel_session_status(status).status.name
        except Exception as error:  # Not visible yet.
            now = type(error).__name__
        if not seen or seen[-1] != now:
            seen.append(now)
        if now in ("COMPLETE", "ERROR"):
            break
        time.sleep(0.1)

    wanted = ApiListKernelSessionOutputRequest()
    wanted.user_name, wanted.kernel_slug = "alice", "sdk-job"
    output = kernels.list_kernel_session_output(wanted)
    get = ApiGetKernelRequest()
    get.user_name, get.kernel_slug = "alice", "sdk-job"
    kernel = kernels.get_kernel(get)

import requests

os.environ["KAGGLEHUB_CACHE"] = sys.argv[1]
import kagglehub

fetched = kagglehub.notebook_output_download("alice/sdk-job")

print(
    json.dumps(
        {
            "version": pushed.version_number,
            "ref": pushed.ref,
            "error": pushed.error,
            "seen": seen,
            "log": "".join(line["data"] for line in json.loads(output.log)),
            "files": {file.file_name: requests.get(file.url).text for file in output.files},
            "source": kernel.blob.source,
            "fetched": fetched,
            "private": kernel.metadata.is_private,
        }
    )
)
