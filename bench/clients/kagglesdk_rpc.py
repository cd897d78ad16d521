"""The same as rpc.mjs with the official kagglesdk: kagglesdk_rpc.py URL CALLS WARM_UP."""

import json
import re
import resource
import sys
import time

import kagglesdk.kaggle_env as kaggle_env

url, calls, warm_up = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
# The addresses of its environments are fixed; the bench's server has any free port.
kaggle_env._env_to_endpoint[kaggle_env.KaggleEnv.TEST] = url

from kagglesdk.kaggle_client import KaggleClient
from kagglesdk.kernels.types.kernels_api_service import ApiGetKernelSessionStatusRequest
from kagglesdk.kernels.types.kernels_enums import KernelWorkerStatus


def repeat(client, times):
    for _ in range(times):
        request = ApiGetKernelSessionStatusRequest()
        request.user_name = "bench"
        request.kernel_slug = "my-kernel"
        answer = client.kernels.kernels_api_client.get_kernel_session_status(request)
        assert answer.status == KernelWorkerStatus.RUNNING, answer.status


def peak_mib():
    try:
        with open("/proc/self/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


with KaggleClient(env=kaggle_env.KaggleEnv.TEST, api_token="KGAT_test") as client:
    repeat(client, warm_up)
    cpu, started = time.process_time(), time.perf_counter()
    repeat(client, calls)
    result = {
        "seconds": time.perf_counter() - started,
        "cpuSeconds": time.process_time() - cpu,
        "peakMiB": peak_mib(),
    }
print(json.dumps(result))
