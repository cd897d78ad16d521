"""Uploads a folder as a dataset, twice, and downloads it, with kagglehub. Prints one line of JSON at the end."""

import json
import os
import sys

import kagglehub

folder, cache = sys.argv[1:]
os.environ["KAGGLEHUB_CACHE"] = cache

result = {"whoami": kagglehub.whoami(verbose=False)["username"]}
kagglehub.dataset_upload("alice/hub-data", folder, version_notes="first")


def fetch(**options):
    """The newest version, as soon as it can be had: right after an upload it is still being processed."""
    import time

    for attempt in range(50):
        try:
            return kagglehub.dataset_download("alice/hub-data", **options)
        except Exception as error:
            last = error
            time.sleep(0.1)
    raise last


result["first"] = fetch()
with open(os.path.join(folder, "more.txt"), "w") as file:
    file.write("more\n")
kagglehub.dataset_upload("alice/hub-data", folder, version_notes="second")
for attempt in range(50):
    result["second"] = fetch()
    if result["second"] != result["first"]:
        break
    import time

    time.sleep(0.1)
result["one"] = fetch(path="sub/deep.csv", force_download=True)
print(json.dumps(result))
