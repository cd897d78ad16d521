import type { Cases } from '../context.ts';

export const job: Cases = {};
