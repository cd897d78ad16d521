/** A proxy between web pages and Kaggle: `kaggle-ts/proxy`. */
export { createProxy } from './create-proxy.ts';
export { type NextRoutes, nextRoutes } from './next-routes.ts';
export { deletions, readOnly, runJobs } from './presets.ts';
export type {
  Allow,
  AllowRule,
  Authorization,
  KaggleProxy,
  ProxyContext,
  ProxyEvent,
  ProxyLimits,
  ProxyOptions,
} from './types.ts';
