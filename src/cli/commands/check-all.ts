import { bearer } from '../../core/auth/credential.ts';
import { resolveCredential } from '../../core/auth/resolve.ts';
import { nodePlatform } from '../../platform/node/index.ts';
import { checkAll } from '../check/all.ts';
import { tally, verdict } from '../check/inquiry.ts';
import { summary } from '../check/report.ts';
import { saveReport, saveTranscripts, tryPaths } from '../check/write.ts';
import { type Command, flag, number, text } from '../command.ts';
import { confirm } from '../confirm.ts';
import { connect, connectOptions, wantedEndpoint } from '../connect.ts';
import { randomSuffix } from '../names.ts';
import { builtin } from '../node.ts';

export const checkAllCommand: Command = {
  options: {
    report: {
      type: 'string',
      value: 'FILE',
      help: 'Write a report in Markdown; it contains no tokens, user names or file URLs',
    },
    record: {
      type: 'string',
      value: 'DIR',
      help: 'Write all requests and responses as transcripts, with names, IDs, tokens and URLs replaced',
    },
    timeout: {
      type: 'string',
      value: 'SECONDS',
      help: 'Maximum time to wait for each dataset version and for the run (default: 1800)',
    },
    yes: { type: 'boolean', short: 'y', help: 'Do not ask for confirmation' },
    ...connectOptions,
  },
  help: `
Run "check live", "check upload" and "check push", and compare the server with what kaggle-ts assumes about it: which credentials
it accepts where, the form of its errors, the headers of its storage, CORS, which archives it unpacks, how long things take, and
where a kernel finds its data. For each question the report shows what was assumed, what was observed, and whether they agree.
A question that could not be answered shows the reason, and does not affect the exit code.

This creates a private dataset (four versions, 4 MB) and a private kernel (Python, CPU, about half a minute) with random names.
Both are deleted at the end, even after a failure or Ctrl-C. Kaggle has no call to delete uploads, so a few small ones that no
dataset uses remain. Some requests use a made-up token, or yours in the wrong form (Basic instead of Bearer), to check that the
server refuses them. The check takes about ten minutes, most of it waiting.`,
  exitCodes: {
    0: 'All steps passed, and the server behaves as assumed',
    1: 'A step failed',
    3: 'All steps passed, but the server differs from what kaggle-ts assumes',
  },
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
    terminal.print(report ? `Report saved to ${report}` : 'To save a report, pass --report FILE.');
    for (const name of saved) terminal.print(`Transcript saved to ${name}`);
    const differs = checked.answered.some((one) => verdict(one) === 'differs');
    return checked.code === 0 && differs ? 3 : checked.code;
  },
};
