import { version } from '../../core/rpc/version.ts';
import { builtin } from '../node.ts';
import { type Aliases, createAliases } from './aliases.ts';
import type { CheckedAll } from './all.ts';
import { archiveNames } from './archives.ts';
import { formatTranscript, partsOf, transcribe } from './record.ts';
import { writeReport } from './report.ts';
import { makeFiles } from './upload.ts';

/** Output files of the kernel. */
const outputNames = ['result.txt', 'folder/bytes.bin', 'größe 1.txt', '.hidden', 'link.txt', 'inside.json'];

/** Aliases for everything that the check knows of its user. */
function aliasesOf({ client, facts, word, secret }: CheckedAll): Aliases {
  const files = [...Object.keys(makeFiles(false)), ...archiveNames, ...outputNames, 'bundle/archive.zip'];
  const listed = [...(facts.packed?.files ?? []), ...(facts.single?.files ?? [])];
  const names = new Set(
    [...files, ...listed].flatMap((name) => [name, `${name}.zip`]).flatMap((name) => name.split('/')),
  );
  return createAliases({ user: facts.user ?? '', secret, word, baseUrl: client.baseUrl, names });
}

/** Fails, before anything is created, if a file cannot be written. */
export async function tryPaths(report: string | undefined, folder: string | undefined): Promise<void> {
  const fs = builtin('node:fs/promises');
  if (folder) await fs.mkdir(folder, { recursive: true });
  if (!report) return;
  await fs.mkdir(builtin('node:path').dirname(report), { recursive: true });
  await fs.writeFile(report, 'The check did not finish.\n');
}

/** Writes the report. */
export async function saveReport(path: string, checked: CheckedAll, date: Date): Promise<void> {
  const fs = builtin('node:fs/promises');
  const { answered, client, end } = checked;
  const report = writeReport(answered, { server: client.baseUrl, version, date, end });
  await fs.writeFile(path, aliasesOf(checked).words(report));
}

/** Writes the transcripts; resolves to their paths. */
export async function saveTranscripts(folder: string, checked: CheckedAll): Promise<string[]> {
  const fs = builtin('node:fs/promises');
  const path = builtin('node:path');
  const aliases = aliasesOf(checked);
  const saved: string[] = [];
  for (const [part, exchanges] of Object.entries(partsOf(checked.exchanges))) {
    const name = path.join(folder, `${part}.json`);
    const transcript = transcribe(exchanges, aliases, `kaggle-ts ${version}`);
    await fs.writeFile(name, aliases.words(formatTranscript(transcript)));
    saved.push(name);
  }
  return saved;
}
