import type { Cases } from '../context.ts';

export const download: Cases = {};
