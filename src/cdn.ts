/**
 * The package for a script tag, without a bundler: the exports of `kaggle-ts/browser`, and the functions of datasets, jobs and
 * kernels as namespaces. The built file contains everything that it needs.
 *
 * @module
 */
export * from './browser.ts';
export * as datasets from './services/datasets/index.ts';
export * as jobs from './services/jobs/index.ts';
export * as kernels from './services/kernels/index.ts';
