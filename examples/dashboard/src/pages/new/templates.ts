import type { CodeLanguage, Draft } from './draft.ts';

/** Code to start from. */
export interface Template {
  name: string;
  about: string;
  kind: Draft['kind'];
  language: CodeLanguage;
  code: string;
  params?: Draft['params'];
}

const metrics = `import json
import time

from kaggle_params import params

best = None
for epoch in range(1, params["epochs"] + 1):
    loss = 1 / (1 + params["rate"] * epoch)
    best = loss if best is None else min(best, loss)
    print(f"epoch {epoch}: loss {loss:.4f}", flush=True)
    with open("/kaggle/working/metrics.jsonl", "a") as file:
        file.write(json.dumps({"epoch": epoch, "loss": loss}) + "\\n")
    time.sleep(0.2)

with open("/kaggle/working/result.json", "w") as file:
    json.dump({"best": best}, file)
`;

const files = `import os

# Every data source is mounted below /kaggle/input.
for folder, _, names in os.walk("/kaggle/input"):
    for name in names:
        path = os.path.join(folder, name)
        print(path, os.path.getsize(path))

# Files in /kaggle/working are the output of the run.
with open("/kaggle/working/hello.txt", "w") as file:
    file.write("hello\\n")
`;

const notebook = `# %% [markdown]
# # A first look
#
# A line "# %%" begins a cell of code, "# %% [markdown]" a cell of text.

# %%
import os

for folder, _, names in os.walk("/kaggle/input"):
    print(folder, len(names))

# %%
print("hello")
`;

const r = `files <- list.files("/kaggle/input", recursive = TRUE)
print(files)
write.csv(data.frame(file = files), "/kaggle/working/files.csv")
`;

export const templates: readonly Template[] = [
  {
    name: 'List the data',
    about: 'a script that reads its sources and writes a file',
    kind: 'script',
    language: 'python',
    code: files,
  },
  {
    name: 'Training with parameters',
    about: 'metrics as JSON, which the page Compare shows',
    kind: 'script',
    language: 'python',
    code: metrics,
    params: {
      mode: 'rows',
      rows: [
        { name: 'epochs', value: '10' },
        { name: 'rate', value: '0.5' },
      ],
      json: '',
    },
  },
  { name: 'Notebook', about: 'cells of text and code', kind: 'notebook', language: 'python', code: notebook },
  { name: 'R script', about: 'lists the data', kind: 'script', language: 'r', code: r },
];
