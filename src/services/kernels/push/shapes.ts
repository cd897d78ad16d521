import { nearName, plainName } from '../../../core/near-name.ts';

/**
 * Machines by Kaggle's names (seen until 2026-09). `NvidiaTeslaT4` is a machine with two T4, `TpuV5E8` a TPU v5e-8; the
 * others are open to some accounts or competitions only.
 */
export type MachineShape =
  | 'NvidiaTeslaT4'
  | 'TpuV5E8'
  | 'NvidiaL4'
  | 'NvidiaRtxPro6000'
  | 'NvidiaTeslaA100'
  | 'NvidiaTeslaH100'
  | 'TpuV6E8';

const shapes: readonly MachineShape[] = [
  'NvidiaTeslaT4',
  'TpuV5E8',
  'NvidiaL4',
  'NvidiaRtxPro6000',
  'NvidiaTeslaA100',
  'NvidiaTeslaH100',
  'TpuV6E8',
];

/** Shapes that Kaggle has retired (2026-09), with what a session runs on instead (kaggle 2.2.5). */
const retired: Readonly<Record<string, string>> = {
  nvidiateslap100: 'NvidiaTeslaT4',
  tpuv38: 'TpuV5E8',
  tpu1vmv38: 'TpuV5E8',
  tpuv232: 'a CPU',
  tpuv2256: 'a CPU',
};

/** The known name that `shape` is nearly. */
function nearest(shape: string): MachineShape | undefined {
  const wanted = plainName(shape);
  const end = wanted.length > 1 ? shapes.find((name) => plainName(name).endsWith(wanted)) : undefined;
  return end ?? (nearName(shape, shapes) as MachineShape | undefined);
}

/** What is to be said of a shape before a push: retired, or nearly a name that Kaggle knows. `undefined` for nothing. */
export function shapeWarning(shape: string): string | undefined {
  const instead = retired[shape.toLowerCase()];
  if (instead) return `machineShape "${shape}" is retired: Kaggle will run this on ${instead}`;
  if ((shapes as readonly string[]).includes(shape)) return undefined;
  const near = nearest(shape);
  return (
    near && `machineShape "${shape}" is not a name that Kaggle knows, and it ignores those: did you mean "${near}"?`
  );
}

/** What is to be said when Kaggle has recorded another shape than the one asked for. */
export function shapeDifference(asked: string, recorded: string | undefined): string | undefined {
  if (recorded === asked || retired[asked.toLowerCase()]) return undefined;
  const what = recorded ? `"${recorded}"` : 'none';
  return `machineShape "${asked}" was asked for, but Kaggle has recorded ${what}: the run may be on another machine`;
}
