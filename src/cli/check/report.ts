import { type Answered, tally, verdict } from './inquiry.ts';

export interface ReportHead {
  /** URL of the server. */
  readonly server: string;
  readonly version: string;
  readonly date: Date;
  /** How the check ended: `all steps passed`, for example. */
  readonly end: string;
}

/** Escapes a text for a cell of a table. */
const cell = (text: string) => text.replace(/\s+/g, ' ').replace(/([|\\`<>])/g, '\\$1');

const outcome = (one: Answered) => ('why' in one.finding ? one.finding.why : one.finding.seen);

/** The differences, one line each. */
export function differences(answered: readonly Answered[]): string[] {
  return answered
    .filter((one) => verdict(one) === 'differs')
    .map((one) => `${one.question.id}: assumed ${one.question.assumed}; observed ${outcome(one)}`);
}

/** The results per topic, one line each. */
export function summary(answered: readonly Answered[]): string[] {
  const groups = [...new Set(answered.map(({ group }) => group))];
  const width = Math.max(...groups.map((group) => group.length));
  return groups.map((group) => `${group.padEnd(width)}  ${tally(answered.filter((one) => one.group === group))}`);
}

/** The report as Markdown: a table per topic, a row per question. */
export function writeReport(answered: readonly Answered[], { server, version, date, end }: ReportHead): string {
  const groups = [...new Set(answered.map(({ group }) => group))];
  const tables = groups.map((group) => {
    const rows = answered
      .filter((one) => one.group === group)
      .map((one) => {
        const { id, asks, assumed, confidence } = one.question;
        const cells = [id, asks, `${assumed} (${confidence})`, outcome(one), verdict(one)];
        return `| ${cells.map(cell).join(' | ')} |`;
      });
    return `## ${group}\n\n| id | question | assumed | observed | |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Behavior of the server

${server}, ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC, kaggle-ts ${version}; ${end}.
${tally(answered)}.

A, B and C are the confidence of an assumption: several observations or the official client (A), one observation (B), hearsay or
a guess (C). A question that was not answered shows the reason. This report contains no tokens, names or file URLs.

${tables.join('\n')}`;
}
