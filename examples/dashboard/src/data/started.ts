import { type ReadonlySignal, signal } from '@preact/signals';

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

function read(): StartedJob[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored)
      ? stored.filter((job) => typeof job?.id === 'string' && typeof job.ref === 'string')
      : [];
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

/** Remembers a job across reloads, and shows it in the list at once, before Kaggle lists it. */
export function remember(job: StartedJob): void {
  jobs.value = [job, ...read().filter(({ id }) => id !== job.id)].slice(0, most);
  localStorage.setItem(key, JSON.stringify(jobs.value));
}

/** Removes a job from the list of this browser. The run itself continues. */
export function forget(id: string): void {
  jobs.value = read().filter((job) => job.id !== id);
  localStorage.setItem(key, JSON.stringify(jobs.value));
}
