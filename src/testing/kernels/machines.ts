import { flag, text } from '../wire.ts';

/** Type of a session, for slots and quota. */
export type Kind = 'CPU' | 'GPU' | 'TPU';

const known = [
  'NvidiaTeslaT4',
  'NvidiaL4',
  'NvidiaRtxPro6000',
  'NvidiaTeslaA100',
  'NvidiaTeslaH100',
  'TpuV5E8',
  'TpuV6E8',
];

/** Shapes that were retired in 2026-09, with their replacements; '' is a CPU. */
const retired: Record<string, string> = {
  NvidiaTeslaP100: 'NvidiaTeslaT4',
  TpuV38: 'TpuV5E8',
  Tpu1VmV38: 'TpuV5E8',
  TpuV232: '',
  TpuV2256: '',
};

/** The machine shape recorded for a push: retired ones are replaced, unknown ones ignored; '' is a CPU. */
export function recordedShape(body: Record<string, unknown>): string {
  const asked = text(body, 'machineShape');
  if (asked in retired) return retired[asked]!;
  if (known.includes(asked)) return asked;
  return flag(body, 'enableTpu') ? 'Tpu' : flag(body, 'enableGpu') ? 'Gpu' : '';
}

export function kindOf(shape: string): Kind {
  return shape === '' ? 'CPU' : /^tpu/i.test(shape) ? 'TPU' : 'GPU';
}
