"""The official clients in the transfer scenarios: official.py cli|hub JOB, where JOB is the JSON of a Job (jobs.ts)."""

import json
import sys

import kagglesdk.kaggle_env as kaggle_env

flavour, job = sys.argv[1], json.loads(sys.argv[2])
verb, out, ref = job["verb"], job["out"], f"{job['owner']}/{job['slug']}"
# The addresses of its environments are fixed; the bench's server has any free port. The CLI knows only this one.
kaggle_env._env_to_endpoint[kaggle_env.KaggleEnv.LOCAL] = job["url"]

if flavour == "cli":
    from kaggle.cli import main

    command = {
        "upload": lambda: ["datasets", "create", "-p", job["packed"]],
        "download": lambda: ["datasets", "download", ref, "-f", job["file"], "-p", out],
        "unzip": lambda: ["datasets", "download", ref, "-p", out, "--unzip"],
        "outputs": lambda: ["kernels", "output", ref, "-p", out],
    }[verb]()
    sys.argv = ["kaggle", *command, "-q"]
    sys.exit(main())

import kagglehub

{
    "upload": lambda: kagglehub.dataset_upload(ref, job["folder"]),
    "download": lambda: kagglehub.dataset_download(ref, path=job["file"], output_dir=out, force_download=True),
    "unzip": lambda: kagglehub.dataset_download(ref, output_dir=out, force_download=True),
    "outputs": lambda: kagglehub.notebook_output_download(ref, output_dir=out, force_download=True),
}[verb]()
