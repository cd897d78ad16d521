/** What the library calls options and verbs, and what they are here. */
const names: readonly [library: RegExp, here: string][] = [
  // The verb that a command calls.
  [/^(?:kernels|datasets)\.\w+: /, ''],
  [/allowSlugMismatch(: true)?/g, '--allow-slug-mismatch'],
  [/allowInvalidSources(: true)?/g, '--allow-invalid-sources'],
  [/waitForSlot(: seconds)?/g, '--wait-for-slot SECONDS'],
  [/startTimeout/g, '--start-timeout'],
  [/enableInternet: false/g, '--no-internet'],
  [/enableGpu(: true)?/g, '--gpu'],
  [/machineShape/g, '--machine'],
  [/newTitle/g, '--title'],
  [/sessionId/g, '--session'],
  [/datasetDataSources/g, '--dataset'],
  [/competitionDataSources/g, '--competition'],
  [/kernelDataSources/g, '--kernel'],
  [/modelDataSources/g, '--model'],
  [/(?<=^|[;:] |pass )output(?= ")/g, '--out'],
  [/(?<=^|; )slug(?=:)/g, '--slug'],
  [/(?<=^|; )entry(?=:)/g, '--entry'],
  [/\bpattern: expected (.*?) or a RegExp such as \/(.*?)\//g, '--pattern: expected $1, or an expression such as "$2"'],
  [/, ("owner\/slug\/version") or the result of push\(\)/g, ' or $1'],
  [/kernels\.cancel, kernels\.remove/g, 'kaggle-ts cancel'],
  [/kernels\.remove/g, 'kaggle-ts cancel KERNEL --delete'],
  [/kernels\.cancel/g, 'kaggle-ts cancel'],
  [/createClient\(\{ token \}\)/g, '--token'],
  [/createClient\(\{ endpoint \}\)/g, '--endpoint'],
];

/** A message of the library with the options of this command line in place of the library's. */
export function withFlags(message: string): string {
  return names.reduce((text, [library, here]) => text.replace(library, here), message);
}
