import type { Command } from './command.ts';

/** A command before its module is loaded, which happens only when it is called. */
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
    summary: 'Upload data, run a kernel on it and download the result, on a local emulator',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  {
    name: 'run',
    summary: 'Push code as a kernel, follow its log and download its output',
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'list',
    summary: 'List kernels, most recently run first',
    load: async () => (await import('./commands/list.ts')).list,
  },
  {
    name: 'status',
    summary: 'Print the status of a run',
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'logs',
    summary: 'Print the log of a run, or follow it',
    load: async () => (await import('./commands/logs.ts')).logs,
  },
  {
    name: 'wait',
    summary: 'Wait for a run to finish',
    load: async () => (await import('./commands/wait.ts')).wait,
  },
  {
    name: 'output',
    summary: 'Download the output files of a run',
    load: async () => (await import('./commands/output.ts')).output,
  },
  {
    name: 'cancel',
    summary: 'Cancel a run, or delete its kernel',
    load: async () => (await import('./commands/cancel.ts')).cancel,
  },
  {
    name: 'emulator',
    summary: 'Start a local Kaggle emulator',
    load: async () => (await import('./commands/emulator.ts')).emulator,
  },
  {
    name: 'whoami',
    summary: 'Print the user name of the credential',
    load: async () => (await import('./commands/whoami.ts')).whoami,
  },
  {
    name: 'check live',
    summary: 'Check that reading works; creates nothing',
    load: async () => (await import('./commands/check-live.ts')).checkLive,
  },
  {
    name: 'check upload',
    summary: 'Check datasets with a private one that is deleted afterwards',
    load: async () => (await import('./commands/check-upload.ts')).checkUpload,
  },
  {
    name: 'check push',
    summary: 'Check kernels with a private one that is deleted afterwards',
    load: async () => (await import('./commands/check-push.ts')).checkPush,
  },
  {
    name: 'check all',
    summary: 'Run all checks, and report where the server differs from what kaggle-ts assumes',
    load: async () => (await import('./commands/check-all.ts')).checkAllCommand,
  },
];
