import { refuse } from '../../core/options/check.ts';
import { issuesOfPlan } from './plan.ts';
import { format } from './state.ts';
import type { JobPlan, JobState } from './types.ts';

/**
 * Begins a job: returns its first state. Sends nothing.
 *
 * @param plan - What the job does: JSON only.
 * @throws `ValidationError` if the plan is not JSON, or incomplete.
 * @example
 * ```ts
 * import { beginJob } from 'kaggle-ts/jobs';
 *
 * const state = beginJob({
 *   dataset: { owner: 'alice', slug: 'my-points', title: 'My points', files: ['points.csv'] },
 *   kernel: { slug: 'alice/my-training', newTitle: 'My training', text: 'print("hello")' },
 *   output: true,
 * });
 * console.log(state.step, JSON.stringify(state).length);
 * ```
 */
export function beginJob(plan: JobPlan): JobState {
  refuse('beginJob', issuesOfPlan(plan));
  const copy = JSON.parse(JSON.stringify(plan)) as JobPlan;
  return { format, id: crypto.randomUUID(), step: 'prepare', plan: copy };
}
