import { readFileSync } from 'node:fs';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';

interface Item {
  text: string;
  link?: string;
  items?: Item[];
  collapsed?: boolean;
}

interface Site {
  base: string;
  repository: string;
  sections: { title: string; pages: { path: string; title: string }[] }[];
  api: { name: string; path: string; symbols: Item[] }[];
}

/** What `npm run docs` has found out about the pages. */
const site: Site = JSON.parse(readFileSync(new URL('../.tmp/site.json', import.meta.url), 'utf8'));
const groups = site.sections.map(({ title, pages }) => ({
  text: title,
  items: pages.map(({ path, title }) => ({ text: title, link: `/${path}` })),
}));
const [guides, reference, ...others] = groups;
const services = 'kaggle-ts/services/';
/** A long name would break at the hyphen of `kaggle-ts`. */
const modulesLike = (isListed: (name: string) => boolean) =>
  site.api
    .filter(({ name }) => isListed(name))
    .map(({ name, path }) => ({ text: name.replace(services, ''), link: `/${path}` }));
const modules = [
  { text: 'API reference', link: '/api/', items: modulesLike((name) => !name.startsWith(services)) },
  { text: 'kaggle-ts/services', items: modulesLike((name) => name.startsWith(services)) },
];
/** Each module of the reference has a sidebar of its own: with all symbols of all modules, each page would be large. */
const api = Object.fromEntries(
  site.api
    .filter(({ symbols }) => symbols.length > 0)
    .map(({ name, path, symbols }) => [
      `/${path.replace('index.md', '')}`,
      [
        { text: 'API reference', link: '/api/' },
        { text: name, link: `/${path}`, items: symbols.map((group) => ({ ...group, collapsed: false })) },
      ],
    ]),
);
const notice = 'Unofficial: not affiliated with or endorsed by Kaggle or Google. Apache-2.0.';

/** Pages of symbols count as one section each, and those of messages only with their names: else the index is large. */
function forSearch(source: string, path: string): string {
  if (path.startsWith('api/kaggle-ts/services/')) return source.replace(/^(?!#{1,3} ).*$/gm, '');
  return path.startsWith('api/') ? source.replace(/^##+ .*$/gm, '') : source;
}

export default defineConfig({
  title: 'kaggle-ts',
  description: 'Unofficial TypeScript SDK for the Kaggle API',
  base: site.base,
  metaChunk: true,
  vite: { publicDir: '../../public', build: { chunkSizeWarningLimit: 1000 } },
  srcDir: '.tmp/pages',
  outDir: 'dist',
  cacheDir: '.tmp/cache',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${site.base}icon.svg` }]],
  // Anchors as GitHub makes them, so that a link works in both places.
  markdown: {
    anchor: { slugify: (text) => slug(text) },
    config(markdown) {
      // Braces in a document are text, not an expression of Vue.
      markdown.renderer.rules.text = (tokens, index) =>
        markdown.utils.escapeHtml(tokens[index]!.content).replaceAll('{{', '&#123;&#123;');
    },
  },
  transformPageData(page) {
    if (page.frontmatter.source === undefined) page.frontmatter.editLink = false;
    else page.filePath = page.frontmatter.source;
  },
  themeConfig: {
    nav: [
      { text: 'Guides', link: guides!.items[0]!.link, activeMatch: '/guides/' },
      { text: 'Reference', items: reference!.items },
      { text: 'API', link: '/api/', activeMatch: '/api/' },
      { text: 'Project', items: others.flatMap(({ items }) => items) },
    ],
    sidebar: { '/': groups, '/api/': modules, '/api/kaggle-ts/services/': modules, ...api },
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        _render: (source, env, markdown) => markdown.render(forSearch(source, env.relativePath), env),
        miniSearch: {
          // Guides before the reference of symbols.
          searchOptions: {
            boostDocument: (id: string) => (id.includes('/guides/') ? 1.5 : id.includes('/api/') ? 0.5 : 1),
          },
        },
      },
    },
    editLink: {
      pattern: `${site.repository}/edit/main/:path`,
      text: 'Edit this page on GitHub',
    },
    socialLinks: [{ icon: 'github', link: site.repository }],
    footer: { message: notice },
    externalLinkIcon: true,
  },
});
