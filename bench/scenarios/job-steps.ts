import { existsSync } from 'node:fs';
import { bound } from '../bounds.ts';
import { javascript } from '../clients/index.ts';
import { median } from '../interval.ts';
import { run as runClient } from '../measure.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

/** Subrequests of one invocation on the free plan. */
const most = 50;

const steps = ['prepare', 'upload', 'version', 'ready', 'push', 'running', 'fetch'];

interface StepSample {
  readonly step: string;
  readonly cpu: number;
  readonly bare: number;
  readonly requests: number;
  readonly operations: number;
}

async function run({ rounds, say }: Bench): Promise<Report> {
  const missing = existsSync('/proc/self/schedstat') ? {} : { missing: 'no /proc that tells the CPU time of workerd' };
  const client = { ...javascript('node', '', 'worker-steps.ts', String(2 << 20)), name: 'kaggle-ts', ...missing };
  const found: StepSample[] = [];
  if (!client.missing) {
    const printed = await runClient(client, [String(Math.min(4, rounds) + 1)]);
    found.push(...(printed.samples as unknown as StepSample[]));
    say(`job steps: ${found.length} invocations`);
  }
  const of = (step: string, value: Exclude<keyof StepSample, 'step'>) =>
    found.filter((sample) => sample.step === step).map((sample) => sample[value]);
  return {
    title: 'The steps of a job in Workers',
    text: 'A dataset of 5 MiB and two small files, a kernel, an output of 9 MiB and two small files, in steps of at most 2 MiB; the output in R2 has parts of 8 MiB. Each step is an invocation, in workerd by Miniflare. Medians, and the most of all invocations. The CPU time is that of workerd, which also does what other processes do on Cloudflare, such as HTTP: "bare" is that of an invocation with as many requests without kaggle-ts.',
    head: ['step', 'requests', 'most requests', 'most R2 operations', 'CPU ms', 'CPU ms, bare'],
    rows: client.missing
      ? []
      : steps.map((step) => [
          step,
          median(of(step, 'requests')).toFixed(0),
          Math.max(...of(step, 'requests')).toFixed(0),
          Math.max(...of(step, 'operations')).toFixed(0),
          median(of(step, 'cpu')).toFixed(0),
          median(of(step, 'bare')).toFixed(0),
        ]),
    bounds: client.missing
      ? []
      : steps.map((step) =>
          bound(`${step}: requests`, [Math.max(...of(step, 'requests'))], { must: { atMost: most } }),
        ),
    skipped: client.missing ? [client] : [],
  };
}

export const jobSteps: Scenario = { name: 'job-steps', over: ['plain HTTP'], run };
