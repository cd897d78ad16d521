import { join } from 'node:path';

const src: string = join(import.meta.dirname, '../../src');

/** Makes Vite resolve the public entries of the package to their sources, so that an example runs without a build of the package. */
export const aliases: { find: RegExp; replacement: string }[] = [
  { find: /^kaggle-ts(?:\/browser)?$/, replacement: join(src, 'browser.ts') },
  { find: /^kaggle-ts\/(kernels|datasets|jobs)$/, replacement: `${src}/services/$1/index.ts` },
  { find: /^kaggle-ts\/services\/(\w+)$/, replacement: `${src}/services/$1/generated/index.ts` },
  { find: /^kaggle-ts\/(proxy|testing)$/, replacement: `${src}/$1/index.ts` },
  { find: /^kaggle-ts\/proxy\/node$/, replacement: join(src, 'proxy/node.ts') },
  { find: /^kaggle-ts\/react$/, replacement: join(src, 'react/index.ts') },
  { find: /^kaggle-ts\/http$/, replacement: join(src, 'core/rpc/http.ts') },
];
