import { nearName, plainName } from '../near-name.ts';

/**
 * What people call an option who know it from the official clients, from other libraries or from another verb, in lower
 * case and without `_`, and what it may be called here. Of the second names the first that a verb has is meant.
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

/** Options of single verbs, for those who pass them to another one. */
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

/** The option of these that a name stands for, by another name or by a slip of the pen. */
function meant(written: string, known: readonly string[]): string | undefined {
  const others = otherNames[plainName(written)] ?? [];
  return others.find((name) => known.includes(name)) ?? nearName(written, known);
}

/** Another argument of the same call. */
export interface OtherPlace {
  /** The names that are known in it. */
  readonly known: readonly string[];
  /** How to pass an option there. */
  place(option: string): string;
}

/** Where a name belongs that is known in another argument. */
export function explainOutside(written: string, others: readonly OtherPlace[]): string | undefined {
  const other = others.find(({ known }) => known.includes(written));
  return other && `no such option here; pass it in ${other.place(written)}`;
}

/** What is to be said of a name that is no option here: the one that is meant, or where it belongs, or what there is. */
export function explainUnknown(written: string, known: readonly string[], others: readonly OtherPlace[] = []): string {
  const outside = explainOutside(written, others);
  if (outside) return outside;
  const own = meant(written, known);
  if (own !== undefined) return `no such option; did you mean ${own}?`;
  for (const other of others) {
    const found = meant(written, other.known);
    if (found !== undefined) return `no such option; did you mean ${found}? Pass it in ${other.place(found)}`;
  }
  const there = nearName(written, Object.keys(elsewhere));
  const hint = there === undefined ? '' : `${there === written ? 'it' : there} is an option of ${elsewhere[there]}; `;
  return `no such option; ${hint}expected one of ${known.join(', ')}`;
}
