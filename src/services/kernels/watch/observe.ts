import type { CallOptions, KaggleClient } from '../../../core/client.ts';
import { KaggleError } from '../../../core/errors.ts';
import { getKernelSessionStatus } from '../generated/methods.ts';
import type { Run } from '../run-ref.ts';
import { callForRun, currentVersion, honoursLabels } from './labelled-call.ts';
import { isTerminal, judge } from './version.ts';

/** One look at a run. */
export interface Look {
  status: string;
  failureMessage: string | undefined;
  /** `false` while the server still shows an older version; `status` is then `QUEUED`. */
  visible: boolean;
  /** Whether it is the kernel's current version, so that answers without a label are about it too. */
  latest: boolean;
}

/** How often the version is asked for again while the run goes on, in looks: GetKernel answers with the whole source. */
const recheck = 5;

/** The error for a run that the server no longer tells anything about. */
export function supersededError(run: Run, current: number | undefined): KaggleError {
  return new KaggleError(
    current === undefined
      ? `${run.ref}: the server does not say which version it shows, so version ${run.versionNumber} cannot be told from an older one`
      : `${run.ref}: version ${current} was pushed after version ${run.versionNumber}, and the server shows only the newest: ` +
          'what it answers is not about the run that was asked for',
  );
}

/**
 * Makes a function that looks at a run and never takes another version's status for its own. It remembers between the
 * looks what the server made of the label. Throws `KaggleError` when only a newer version, or no version, can be seen.
 */
export function createObserver(client: KaggleClient, run: Run): (options: CallOptions) => Promise<Look> {
  const { versionNumber } = run;
  let looks = 0;
  let current: number | undefined;
  let label: 'none' | undefined;
  let honoured: boolean | undefined;

  return async function look(options) {
    looks++;
    const seen = current !== undefined && versionNumber !== undefined && current >= versionNumber;
    if (versionNumber !== undefined && !honoured && (!seen || looks % recheck === 0)) {
      current = await currentVersion(client, run, options);
    }
    const before = current;
    let found = await callForRun(client, getKernelSessionStatus, run, {}, { ...options, label });
    const after = () => (versionNumber === undefined || honoured ? before : currentVersion(client, run, options));
    if (isTerminal(found.answer.status) && before !== undefined) current = await after();

    let verdict = judge({ versionNumber, before, after: current, label: found.label, honoured });
    if (verdict === 'superseded' && label === 'none') {
      // The label was refused when the version was new; it may be known by now.
      label = undefined;
      found = await callForRun(client, getKernelSessionStatus, run, {}, options);
      verdict = judge({ versionNumber, before, after: current, label: found.label, honoured });
    }
    if (verdict === 'probe') {
      honoured = await honoursLabels(client, getKernelSessionStatus, run, {}, options);
      verdict = judge({ versionNumber, before, after: current, label: found.label, honoured });
    }
    if (verdict === 'not-yet') return { status: 'QUEUED', failureMessage: undefined, visible: false, latest: false };
    if (verdict !== 'ours') throw supersededError(run, current);
    if (found.label === 'refused') label = 'none';
    const { status, failureMessage } = found.answer;
    const latest = versionNumber === undefined || current === undefined || current <= versionNumber;
    return { status, failureMessage, visible: true, latest };
  };
}
