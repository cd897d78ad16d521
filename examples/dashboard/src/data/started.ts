import { type ReadonlySignal, signal } from '@preact/signals';
import { readSetting, writeSetting } from './storage.ts';

/** A job that was started in this browser. */
export interface StartedJob {
  /** Its id, for `attach`. */
  id: string;
  /** `owner/slug`. */
  ref: string;
  versionNumber: number;
  title: string;
  /** ISO time of the start. */
  startedAt: string;
}

const key = 'started';
const most = 100;

/** Whether a stored value can be shown and watched. It may be of another version of the app. */
function isJob(value: unknown): value is StartedJob {
  const { id, ref, versionNumber, title, startedAt } = (value ?? {}) as Partial<StartedJob>;
  return (
    typeof id === 'string' &&
    typeof title === 'string' &&
    /^[\w-]+\/[\w-]+$/.test(String(ref)) &&
    Number.isSafeInteger(versionNumber) &&
    versionNumber! > 0 &&
    !Number.isNaN(Date.parse(String(startedAt)))
  );
}

function read(): StartedJob[] {
  try {
    const stored: unknown = JSON.parse(readSetting(key) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isJob) : [];
  } catch {
    return [];
  }
}

const jobs = signal<readonly StartedJob[]>(read());
// Another tab started a job.
addEventListener('storage', (event) => {
  if (event.key === key) jobs.value = read();
});

/** The jobs that were started in this browser, newest first. */
export const started: ReadonlySignal<readonly StartedJob[]> = jobs;

function change(next: readonly StartedJob[]): void {
  jobs.value = next;
  writeSetting(key, JSON.stringify(next));
}

/** The jobs, with those of other tabs; without storage, those of this page. */
const latest = (): readonly StartedJob[] => (readSetting(key) === null ? jobs.peek() : read());

/** Remembers a job across reloads, and shows it in the list at once, before Kaggle lists it. */
export function remember(job: StartedJob): void {
  change([job, ...latest().filter(({ id }) => id !== job.id)].slice(0, most));
}

/** Removes all jobs from the list of this browser, on sign-out. The runs themselves continue. */
export function forgetAll(): void {
  jobs.value = [];
  writeSetting(key, undefined);
}

/** Removes a job from the list of this browser. The run itself continues. */
export function forget(id: string): void {
  change(latest().filter((job) => job.id !== id));
}
