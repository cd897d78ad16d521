/**
 * Writes src/services/<area>/generated/ from contract/ (the API and its descriptions), src/generated/ from the verbs, and the lists of
 * fault kinds in docs/ and kinds.ts. With --check it writes nothing.
 *
 * Exit codes: 0 files written, or all current; 1 files are out of date (--check); 2 the contract cannot be used.
 */
import { coverageLines, readDescriptions } from './contract/descriptions.ts';
import { readContract } from './contract/model.ts';
import { faultDocuments } from './generate/faults.ts';
import { generatedFiles } from './generate/files.ts';
import { verbFiles } from './generate/verbs.ts';
import { compareGenerated, staleFiles, writeFiles, writeGenerated } from './generate/write.ts';

function main(): number {
  const [contract, descriptions] = [readContract(), readDescriptions()];
  const files = generatedFiles(contract, descriptions);
  const others = new Map([...verbFiles(), ...faultDocuments()]);
  if (process.argv.includes('--check')) {
    const { changed, gone } = compareGenerated(files);
    const stale = [...changed.map((path) => `src/services/${path}`), ...staleFiles(others)];
    for (const path of stale) console.error(`out of date: ${path}`);
    for (const path of gone) console.error(`no longer generated: src/services/${path}`);
    if (stale.length + gone.length === 0) return 0;
    console.error('run "npm run generate" and commit the result');
    return 1;
  }
  const { changed, gone } = writeGenerated(files);
  const written = [...changed, ...writeFiles(others)];
  console.log(coverageLines(contract, descriptions).join('\n'));
  console.log(`${files.size + others.size} files: ${written.length} written, ${gone.length} removed`);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
