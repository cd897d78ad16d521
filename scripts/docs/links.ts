import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { root } from '../test/command.ts';
import { type Page, pathInSite } from './pages.ts';

/** Address of the repository, such as `https://github.com/owner/name`. */
export type Repository = string;

/**
 * The address of a link when its page is part of the site: pages link to pages, files that are no pages are those of the
 * repository, and images come along.
 */
export function linkInSite(href: string, page: Page, pages: readonly Page[], repository: Repository): string {
  if (/^(?:[a-z]+:|#)/i.test(href)) return href;
  const [path = '', anchor] = href.split('#');
  const target = normalize(join(dirname(page.source), decodeURIComponent(path)));
  const found = pathInSite(target, pages);
  const suffix = anchor === undefined ? '' : `#${anchor}`;
  // The landing page has only a part of the README.
  if (found !== undefined && !(found === 'index.md' && suffix)) return between(page.path, found) + suffix;
  if (isImage(target)) return between(page.path, target.replace(/^docs\//, ''));
  const isFolder = existsSync(join(root, target)) && statSync(join(root, target)).isDirectory();
  return `${repository}/${isFolder ? 'tree' : 'blob'}/main/${target}${suffix}`;
}

export const isImage = (path: string): boolean => /\.(?:svg|png|gif|jpe?g|webp)$/.test(path);

function between(from: string, to: string): string {
  const path = relative(dirname(from), to).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}
