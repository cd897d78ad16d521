import type { FunctionComponent } from 'preact';
import { lazy } from './lazy.tsx';
import type { PageProps } from './route.ts';

interface PageEntry {
  title: string;
  Page: FunctionComponent<PageProps>;
}

/** The pages by the first part of their address. The code of each is a chunk of its own. */
const pages: Readonly<Record<string, PageEntry>> = {
  '': { title: 'Runs', Page: lazy(() => import('../pages/runs/index.tsx')) },
  run: { title: 'Run', Page: lazy(() => import('../pages/run/index.tsx')) },
  job: { title: 'Job', Page: lazy(() => import('../pages/job/index.tsx')) },
  new: { title: 'New run', Page: lazy(() => import('../pages/new/index.tsx')) },
  compare: { title: 'Compare', Page: lazy(() => import('../pages/compare/index.tsx')) },
  quota: { title: 'Quota', Page: lazy(() => import('../pages/quota/index.tsx')) },
};

const unknown: PageEntry = { title: 'Page not found', Page: lazy(() => import('../pages/unknown/index.tsx')) };

/** The page with this name, or one that says that there is none. */
export function pageOf(name: string): PageEntry {
  return Object.hasOwn(pages, name) ? pages[name]! : unknown;
}
