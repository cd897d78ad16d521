/**
 * Writes src/services/<area>/generated/ from contract/kaggle-api.json, and the tables of fault kinds into docs. With --check
 * it writes nothing and exits with 1 when the files on disk differ. Exit codes: 0 done, or nothing differs; 1 something
 * differs; 2 the contract is not usable.
 */
import { readContract } from './contract/model.ts';
import { staleDocuments, writeDocuments } from './generate/faults.ts';
import { generatedFiles } from './generate/files.ts';
import { compareGenerated, writeGenerated } from './generate/write.ts';

function main(): number {
  const files = generatedFiles(readContract());
  const documents = staleDocuments();
  if (process.argv.includes('--check')) {
    const { changed, gone } = compareGenerated(files);
    for (const path of changed) console.error(`differs: src/services/${path}`);
    for (const path of gone) console.error(`not generated: src/services/${path}`);
    for (const path of documents) console.error(`differs: ${path}`);
    return changed.length + gone.length + documents.length > 0 ? 1 : 0;
  }
  const { changed, gone } = writeGenerated(files);
  writeDocuments();
  console.log(`${files.size} files, ${changed.length + documents.length} written, ${gone.length} removed`);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
