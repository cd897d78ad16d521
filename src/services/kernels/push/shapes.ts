import type { ErrorText } from '../../../core/error-text.ts';
import { nearName, plainName } from '../../../core/near-name.ts';

/**
 * Machines by Kaggle's names, as of 2026-09: `NvidiaTeslaT4` (two T4 GPUs), `TpuV5E8` (TPU v5e-8), `NvidiaL4`,
 * `NvidiaRtxPro6000`, `NvidiaTeslaA100`, `NvidiaTeslaH100`, `TpuV6E8` (TPU v6e-8). All but the first two are available to
 * some accounts or competitions only.
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

/** Machines that Kaggle retired in 2026-09, and what it uses instead (kaggle 2.2.5). */
const retired: Readonly<Record<string, string>> = {
  nvidiateslap100: 'NvidiaTeslaT4',
  tpuv38: 'TpuV5E8',
  tpu1vmv38: 'TpuV5E8',
  tpuv232: 'a CPU',
  tpuv2256: 'a CPU',
};

/** The known name closest to `shape`. */
function nearest(shape: string): MachineShape | undefined {
  const wanted = plainName(shape);
  const end = wanted.length > 1 ? shapes.find((name) => plainName(name).endsWith(wanted)) : undefined;
  return end ?? (nearName(shape, shapes) as MachineShape | undefined);
}

/** The warning before a push for a retired shape, or one that is close to a known name. */
export function shapeWarning(shape: string): ErrorText | undefined {
  const instead = retired[shape.toLowerCase()];
  if (instead) return (name) => `${name('machineShape')} "${shape}" is retired: Kaggle will use ${instead} instead`;
  if ((shapes as readonly string[]).includes(shape)) return undefined;
  const near = nearest(shape);
  if (!near) return undefined;
  return (name) =>
    `${name('machineShape')} "${shape}" is unknown, and Kaggle ignores unknown names; did you mean "${near}"?`;
}

/** The warning after a push for which Kaggle recorded a different shape. */
export function shapeDifference(asked: string, recorded: string | undefined): ErrorText | undefined {
  if (recorded === asked || retired[asked.toLowerCase()]) return undefined;
  const what = recorded ? `"${recorded}"` : 'none';
  return (name) =>
    `${name('machineShape')} is "${asked}", but Kaggle recorded ${what}: the run may use a different machine`;
}
