/** The steps of a whole job as functions over a small JSON state, for processes that end at any time. */
export type { PartTarget, TargetFile, TargetPart } from '../../core/part-target.ts';
export type { DatasetColumn, DatasetFileDetails, NewDataset, NewVersion } from '../datasets/index.ts';
export type { JobCode, JobFolder, KernelSources, Language, MachineShape, PushRequest } from '../kernels/index.ts';
export { advanceJob } from './advance.ts';
export { beginJob } from './begin.ts';
export type {
  AdvanceOptions,
  JobDataset,
  JobFile,
  JobIo,
  JobKernel,
  JobMemo,
  JobOutput,
  JobPlan,
  JobState,
  JobStep,
  JobTurn,
} from './types.ts';
export * from './webhook/index.ts';
