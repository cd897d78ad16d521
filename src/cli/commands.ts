import type { Command } from './command.ts';

/** A command before its file is loaded: what it needs is read only when it is called. */
export interface Entry {
  /** One or two words: `emulator`, `check live`. */
  name: string;
  summary: string;
  load(): Promise<Command>;
}

/** All commands, in the order of the overview. */
export const entries: readonly Entry[] = [
  {
    name: 'demo',
    summary: 'the whole job on sample data, or on your own, against the emulator',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  {
    name: 'run',
    summary: 'push a script or a folder as a kernel, follow its log, fetch its output',
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'list',
    summary: 'your kernels, those that ran last first',
    load: async () => (await import('./commands/list.ts')).list,
  },
  {
    name: 'status',
    summary: 'the status of a run',
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'logs',
    summary: 'the log of a run, also while it runs',
    load: async () => (await import('./commands/logs.ts')).logs,
  },
  {
    name: 'wait',
    summary: 'wait until a run has ended',
    load: async () => (await import('./commands/wait.ts')).wait,
  },
  {
    name: 'output',
    summary: 'fetch the files that a run left',
    load: async () => (await import('./commands/output.ts')).output,
  },
  {
    name: 'cancel',
    summary: 'cancel a run, or delete its kernel',
    load: async () => (await import('./commands/cancel.ts')).cancel,
  },
  {
    name: 'emulator',
    summary: 'serve an emulator of Kaggle on this machine',
    load: async () => (await import('./commands/emulator.ts')).emulator,
  },
  {
    name: 'whoami',
    summary: 'the user that the credential stands for',
    load: async () => (await import('./commands/whoami.ts')).whoami,
  },
  {
    name: 'check live',
    summary: 'does reading work? creates nothing',
    load: async () => (await import('./commands/check-live.ts')).checkLive,
  },
  {
    name: 'check upload',
    summary: 'do datasets work? with a private one that is deleted again',
    load: async () => (await import('./commands/check-upload.ts')).checkUpload,
  },
  {
    name: 'check push',
    summary: 'do kernels work? with a private one that is deleted again',
    load: async () => (await import('./commands/check-push.ts')).checkPush,
  },
  {
    name: 'check all',
    summary: 'all of these, and a report of what the server does: assumed, seen, agrees or not',
    load: async () => (await import('./commands/check-all.ts')).checkAllCommand,
  },
];
