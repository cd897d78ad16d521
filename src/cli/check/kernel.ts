/** A kernel that prints a word, and writes files that depend on its parameters. */
export const script: string = `import os, sys
from kaggle_params import params
print("the word is", params["word"], flush=True)
print("and to stderr too", file=sys.stderr, flush=True)
os.makedirs("folder", exist_ok=True)
with open("result.txt", "w") as file:
    file.write(params["word"] + " " + str(sum(params["numbers"])) + "\\n")
with open("folder/bytes.bin", "wb") as file:
    file.write(bytes(range(256)) * 8)
`;

/**
 * The same kernel with inspection: it records its environment, writes files that Kaggle may not keep, and keeps running for a
 * while, so that its log can be read while it runs.
 */
export const inspectionScript: string = `import json, os, re, time
working = sorted(os.listdir("/kaggle/working"))
${script}
inputs = []
for folder, _, files in os.walk("/kaggle/input", followlinks=True):
    inputs += [os.path.relpath(os.path.join(folder, name), "/kaggle/input") for name in files]
with open("größe 1.txt", "w") as file:
    file.write("a blank and an umlaut\\n")
with open(".hidden", "w") as file:
    file.write("a dot\\n")
os.makedirs("empty", exist_ok=True)
try:
    os.symlink("result.txt", "link.txt")
except OSError as error:
    print("no link:", error)
container = os.environ.get("KAGGLE_CONTAINER_NAME", "")
with open("inside.json", "w") as file:
    json.dump({
        "variables": sorted(name for name in os.environ if re.match("KAGGLE_(?!TS_)", name)),
        "runType": os.environ.get("KAGGLE_KERNEL_RUN_TYPE", ""),
        "container": re.sub("[A-Za-z]", "a", re.sub("[0-9]", "0", container)),
        "inputs": sorted(inputs)[:500],
        "working": working,
        "folder": os.getcwd(),
    }, file)
for second in range(params["seconds"]):
    print("still here", second, flush=True)
    time.sleep(1)
`;
