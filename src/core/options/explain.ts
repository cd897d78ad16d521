import { nearName, plainName } from '../near-name.ts';

/**
 * Names of options in the official clients, other libraries and other functions, in lower case and without `_`, with the names
 * that they may have here. The first of these that the function has is suggested.
 */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  abortsignal: ['signal'],
  accelerator: ['machineShape'],
  apikey: ['key', 'token'],
  apitoken: ['token'],
  accesstoken: ['token'],
  auth: ['token'],
  baseurl: ['endpoint'],
  categories: ['categoryIds', 'keywords'],
  categoryids: ['keywords'],
  code: ['text'],
  codefile: ['entry'],
  competitions: ['competitionDataSources'],
  competitionsources: ['competitionDataSources'],
  controller: ['signal'],
  datasets: ['datasetDataSources'],
  datasetsources: ['datasetDataSources'],
  debug: ['verbose'],
  dir: ['folder', 'output'],
  env: ['environment'],
  filename: ['file', 'name'],
  force: ['existing'],
  glob: ['pattern'],
  gpu: ['machineShape'],
  host: ['endpoint'],
  idno: ['id'],
  internet: ['enableInternet'],
  interval: ['schedule'],
  ispublic: ['isPrivate'],
  kernels: ['kernelDataSources'],
  kernelsources: ['kernelDataSources'],
  keywords: ['categoryIds'],
  licence: ['licenseName'],
  license: ['licenseName'],
  licenses: ['licenseName'],
  log: ['verbose'],
  logger: ['verbose'],
  maxconcurrency: ['concurrency'],
  maxretries: ['retry', 'retries'],
  message: ['notes'],
  models: ['modelDataSources'],
  modelsources: ['modelDataSources'],
  name: ['slug'],
  newtitle: ['title'],
  outdir: ['output'],
  overwrite: ['existing'],
  parallel: ['concurrency'],
  path: ['folder', 'output'],
  pollinterval: ['schedule'],
  private: ['isPrivate'],
  progress: ['onProgress'],
  public: ['isPrivate'],
  regex: ['pattern'],
  retries: ['retry'],
  retry: ['retries'],
  script: ['entry', 'text'],
  source: ['text'],
  tags: ['keywords', 'categoryIds'],
  title: ['newTitle'],
  tpu: ['machineShape'],
  url: ['endpoint'],
  user: ['username', 'owner'],
  username: ['owner'],
  versionnotes: ['notes'],
  versionnumber: ['version'],
  workers: ['concurrency'],
  zip: ['archive'],
};

/** Options of single functions, for the error if they are passed to another one. */
export const elsewhere: Readonly<Record<string, string>> = {
  allowInvalidSources: 'kernels.push',
  archive: 'datasets.createOrVersion',
  blockSize: 'datasets.openRemote',
  cacheSize: 'datasets.openRemote',
  cancelOnAbort: 'kernels.wait',
  connections: 'datasets.download',
  deleteOldVersions: 'datasets.createVersion',
  ephemeral: 'kernels.run',
  existing: 'datasets.download',
  follow: 'kernels.logs',
  isPrivate: 'datasets.create',
  licenseName: 'datasets.create',
  notes: 'datasets.createVersion',
  onLog: 'kernels.run',
  onPlan: 'kernels.output',
  onPushed: 'kernels.run',
  onStatus: 'kernels.wait',
  output: 'kernels.run',
  pageSize: 'datasets.listFiles',
  params: 'kernels.push',
  pattern: 'kernels.output',
  resume: 'datasets.createOrVersion',
  sessionId: 'kernels.cancel',
  startTimeout: 'kernels.wait',
  title: 'datasets.create',
  unzip: 'datasets.download',
  waitForProcessing: 'datasets.createOrVersion',
  waitForSlot: 'kernels.push',
};

/** The option that a name probably means: a synonym, or a misspelling. */
function guessOption(written: string, known: readonly string[]): string | undefined {
  const others = otherNames[plainName(written)] ?? [];
  return others.find((name) => known.includes(name)) ?? nearName(written, known);
}

/** Another argument of the same call. */
export interface OtherArgument {
  /** Names of its options. */
  readonly known: readonly string[];
  /** How to pass an option in it: `options: kernels.run(client, request, { onLog })`. */
  usage(option: string): string;
}

/** The message for a name that is an option of another argument. */
export function explainOutside(written: string, others: readonly OtherArgument[]): string | undefined {
  const other = others.find(({ known }) => known.includes(written));
  return other && `no such option here; pass it in ${other.usage(written)}`;
}

/** The message for an unknown option: the one that is meant, the argument or function it belongs to, or all that exist. */
export function explainUnknown(
  written: string,
  known: readonly string[],
  others: readonly OtherArgument[] = [],
): string {
  const outside = explainOutside(written, others);
  if (outside) return outside;
  const guess = guessOption(written, known);
  if (guess !== undefined) return `no such option; did you mean ${guess}?`;
  for (const other of others) {
    const found = guessOption(written, other.known);
    if (found !== undefined) return `no such option; did you mean ${found}? Pass it in ${other.usage(found)}`;
  }
  const near = nearName(written, Object.keys(elsewhere));
  const hint = near === undefined ? '' : `${near === written ? 'it' : near} is an option of ${elsewhere[near]}; `;
  return `no such option; ${hint}expected one of ${known.join(', ')}`;
}
