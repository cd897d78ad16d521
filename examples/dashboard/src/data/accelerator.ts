/** A machine of Kaggle. */
export interface Accelerator {
  /** Value of `machineShape`; empty for a machine without an accelerator. */
  shape: string;
  label: string;
  /** Which weekly quota it uses; `undefined` for none. */
  quota: 'GPU' | 'TPU' | undefined;
}

/** The machines that Kaggle offers. All but the first three are available to some accounts or competitions only. */
export const accelerators: readonly Accelerator[] = [
  { shape: '', label: 'CPU', quota: undefined },
  { shape: 'NvidiaTeslaT4', label: 'GPU T4 x2', quota: 'GPU' },
  { shape: 'TpuV5E8', label: 'TPU v5e-8', quota: 'TPU' },
  { shape: 'NvidiaL4', label: 'GPU L4', quota: 'GPU' },
  { shape: 'NvidiaRtxPro6000', label: 'GPU RTX Pro 6000', quota: 'GPU' },
  { shape: 'NvidiaTeslaA100', label: 'GPU A100', quota: 'GPU' },
  { shape: 'NvidiaTeslaH100', label: 'GPU H100', quota: 'GPU' },
  { shape: 'TpuV6E8', label: 'TPU v6e-8', quota: 'TPU' },
];

/** The fields of a kernel that say where it runs. */
interface Machine {
  machineShape?: string | undefined;
  enableGpu?: boolean | undefined;
  enableTpu?: boolean | undefined;
}

/** The machine of a kernel. Kaggle may name one that is not in the list. */
export function acceleratorOf({ machineShape = '', enableGpu, enableTpu }: Machine): Accelerator {
  const known = accelerators.find(({ shape }) => shape !== '' && shape === machineShape);
  if (known) return known;
  if (enableTpu || /^tpu/i.test(machineShape)) return { shape: machineShape, label: 'TPU', quota: 'TPU' };
  if (enableGpu || /^(nvidia|gpu)/i.test(machineShape)) return { shape: machineShape, label: 'GPU', quota: 'GPU' };
  return accelerators[0]!;
}
