import type { Cases } from '../context.ts';

export const logs: Cases = {};
