import { bearer } from '../../core/auth/credential.ts';
import { resolveCredential } from '../../core/auth/resolve.ts';
import { nodePlatform } from '../../platform/node/index.ts';
import { checkAll } from '../check/all.ts';
import { tally, verdict } from '../check/inquiry.ts';
import { summary } from '../check/report.ts';
import { saveReport, saveTranscripts, tryPaths } from '../check/write.ts';
import { type Command, flag, number, text } from '../command.ts';
import { confirm } from '../confirm.ts';
import { connect, connectHelp, connectOptions, wantedEndpoint } from '../connect.ts';
import { randomSuffix } from '../names.ts';
import { builtin } from '../node.ts';

export const checkAllCommand: Command = {
  options: {
    ...connectOptions,
    report: { type: 'string' },
    record: { type: 'string' },
    yes: { type: 'boolean', short: 'y' },
    timeout: { type: 'string' },
  },
  help: `
Does what check live, check upload and check push do, and on the way asks the server what only the server can tell:
where which credential is accepted, which form errors have, what the storage says of a file, what pages of other
origins may do, what is unpacked, how long things take, where a kernel finds its data. For each question it says what
kaggle-ts assumes, what was seen, and whether they agree.

It creates a private dataset (four versions, 4 MB) and a private kernel (Python, CPU, about half a minute) under names
of its own, and deletes both at the end: also after a failure and Ctrl-C, when the report has what was seen so far. A
few uploads that nothing is made of stay in the account's inbox, as Kaggle has no way to delete them. Some requests
carry a made-up token, or yours in the other form (as Basic instead of Bearer), to see that they are refused. It takes
some ten minutes, most of them waiting.

  --report FILE    writes the report, as Markdown; it holds no token, no user name and no address of a file
  --record DIR     writes what went over the wire, in the form of the project's recorded conversations
                   (test/vectors/flows): names, ids, tokens and addresses are replaced
  --yes, -y        do not ask before creating something
  --timeout S      seconds to wait for a version or the kernel; default 1800
${connectHelp}

Exit codes: 0 all steps passed, and all that was seen agrees; 1 a step failed; 3 all steps passed, but something
differs; 130 interrupted. What could not be seen says why, and does not count.`,
  examples: [
    'kaggle-ts check all --report report.md',
    'kaggle-ts check all --yes --report report.md --record transcripts --endpoint http://localhost:7777',
  ],
  async run({ values, terminal, signal }) {
    const path = builtin('node:path');
    const [report, record] = [text(values, 'report'), text(values, 'record')].map((name) => name && path.resolve(name));
    const timeout = number(values, 'timeout', 86_400) ?? 1800;
    const client = connect(values, terminal);
    const word = randomSuffix();
    const what = `the private dataset "kaggle-ts-check-${word}-data" and the private kernel "kaggle-ts-check-${word}"`;
    await confirm(`This creates ${what} at ${client.baseUrl} and deletes them at the end.`, values, terminal, signal);
    await tryPaths(report, record);
    const platform = nodePlatform();
    const token = text(values, 'token');
    const call = (service: string, method: string, request: unknown) =>
      client.call(service, method, request, { auth: false });
    const checked = await checkAll({
      endpoint: wantedEndpoint(values),
      verbose: flag(values, 'verbose') ? (line) => terminal.note(line) : undefined,
      credential: token === undefined ? await resolveCredential({ platform, signal, call }) : bearer(token),
      platform,
      fetch: (request) => fetch(request),
      terminal,
      signal,
      timeout,
      word,
    });
    if (report) await saveReport(report, checked, new Date());
    const saved = record ? await saveTranscripts(record, checked) : [];
    terminal.print();
    for (const line of summary(checked.answered)) terminal.print(line);
    terminal.print(`Questions: ${tally(checked.answered)}`);
    terminal.print(report ? `The report is in ${report}` : 'With --report FILE all of it is written down.');
    for (const name of saved) terminal.print(`A transcript is in ${name}`);
    const differs = checked.answered.some((one) => verdict(one) === 'differs');
    return checked.code === 0 && differs ? 3 : checked.code;
  },
};
