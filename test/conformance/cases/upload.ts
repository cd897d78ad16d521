import type { Cases } from '../context.ts';

export const upload: Cases = {};
