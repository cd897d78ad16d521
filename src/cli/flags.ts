import type { NameOption } from '../core/error-text.ts';

/** Options of the library, and their flags. */
const flags: Readonly<Record<string, string>> = {
  allowedOrigins: '--allow-origin',
  allowInvalidSources: '--allow-invalid-sources',
  allowSlugMismatch: '--allow-slug-mismatch',
  cancelOnAbort: '--cancel',
  competitionDataSources: '--competition',
  datasetDataSources: '--dataset',
  enableGpu: '--gpu',
  endpoint: '--endpoint',
  data: '--data',
  entry: '--entry',
  ephemeral: '--ephemeral',
  fixtures: '--fixtures',
  folder: 'PATH',
  id: '"id" in kernel-metadata.json',
  kernelDataSources: '--kernel',
  machineShape: '--machine',
  modelDataSources: '--model',
  newTitle: '--title',
  output: '--out',
  params: '--params',
  pattern: '--pattern',
  port: '--port',
  sessionId: '--session',
  slug: '--slug',
  startTimeout: '--start-timeout',
  storagePort: '--storage-port',
  timeout: '--timeout',
  token: '--token',
  waitForSlot: '--wait-for-slot',
};

/** How the command line writes some option values, and verbs in hints. */
const others: Readonly<Record<string, string>> = {
  'enableInternet: false': '--no-internet',
  'isPrivate: false': '--public',
  'kernels.cancel': 'kaggle-ts cancel KERNEL',
  'kernels.remove': 'kaggle-ts cancel KERNEL --delete',
};

/** Names an option or verb of the library as this command line does. */
export const nameFlag: NameOption = (name, value) => {
  // An element of a list has the flag of the list.
  const [, option = name] = /^(\w+)\[\d+\]$/.exec(name) ?? [];
  return others[value === undefined ? name : `${name}: ${value}`] ?? flags[option] ?? name;
};

/** A message written with `nameFlag`, without its leading verb: the command says which it is. */
export function withoutVerb(message: string): string {
  return message.replace(
    /^(?:(?:kernels|datasets)\.\w+|createClient|serveEmulator|whoAmI|introspect|kaggle-ts cancel KERNEL(?: --delete)?): /,
    '',
  );
}
