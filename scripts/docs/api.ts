import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { command, root } from '../test/command.ts';
import { publicEntries } from './entries.ts';

/** An item of a sidebar, in the form of VitePress. */
export interface SidebarItem {
  text: string;
  link?: string;
  items?: SidebarItem[];
  collapsed?: boolean;
}

/** A public entry as a part of the reference. */
export interface ApiModule {
  /** What users import. */
  name: string;
  description: string;
  /** Its Markdown in the site. */
  path: string;
  /** Its symbols by kind; none if all are on one page. */
  symbols: SidebarItem[];
}

const site = join(root, 'site');
const services = 'kaggle-ts/services/';

const descriptions: Readonly<Record<string, string>> = {
  'kaggle-ts': 'client, errors and shared types, the same on every runtime',
  'kaggle-ts/datasets': 'functions for datasets: upload, download, list',
  'kaggle-ts/kernels': 'functions for kernels: push, run, logs, output',
  'kaggle-ts/jobs': 'steps of a whole job for processes that end at any time, and webhooks',
  'kaggle-ts/proxy': 'the proxy for pages',
  'kaggle-ts/proxy/node': 'the adapter of the proxy for node:http and Express',
  'kaggle-ts/react': 'hooks that show runs',
  'kaggle-ts/testing': 'the emulator',
  'kaggle-ts/testing/msw': 'handlers for msw',
  'kaggle-ts/http': 'requests to URLs that no method covers',
  'kaggle-ts/node': 'what only Node has',
  'kaggle-ts/deno': 'what only Deno has',
  'kaggle-ts/bun': 'what only Bun has',
  'kaggle-ts/workers': 'what only Cloudflare Workers have: R2, KV, bindings',
  'kaggle-ts/browser': 'what only browsers have: OPFS, directory handles, IndexedDB',
};

function describe(name: string): string {
  if (name.startsWith(services)) return `methods and messages of ${name.slice(services.length)}`;
  const description = descriptions[name];
  if (description === undefined) throw new Error(`scripts/docs/api.ts has no description of ${name}`);
  return description;
}

/** Runs typedoc over some entries, which writes pages below `api`, and returns its sidebar. */
async function typedoc(pages: string, entryPoints: readonly string[], options: object): Promise<SidebarItem[]> {
  const out = join(pages, 'api');
  const file = join(site, '.tmp/typedoc.json');
  mkdirSync(out, { recursive: true });
  const all = {
    entryPoints,
    out,
    cleanOutputDir: false,
    docsRoot: pages,
    tsconfig: join(root, 'tsconfig.json'),
    basePath: root,
    plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', join(site, 'typedoc-names.mjs')],
    name: 'API',
    readme: 'none',
    disableGit: true,
    gitRevision: 'main',
    excludeInternal: true,
    excludePrivate: true,
    // `npm run check` compiles the sources.
    skipErrorChecking: true,
    validation: { notExported: false, invalidLink: true, notDocumented: false },
    logLevel: 'Warn',
    hidePageHeader: true,
    useCodeBlocks: true,
    expandParameters: true,
    groupOrder: ['Functions', 'Classes', 'Interfaces', '*'],
    ...options,
  };
  writeFileSync(file, JSON.stringify(all));
  const program = join(site, 'node_modules/typedoc/bin/typedoc');
  const { code, output } = await command(process.execPath, [program, '--options', file]);
  if (code !== 0) throw new Error(`typedoc failed:\n${output}`);
  if (output.trim() !== '') console.log(output.trim());
  const sidebar = readFileSync(join(out, 'typedoc-sidebar.json'), 'utf8');
  rmSync(join(out, 'typedoc-sidebar.json'));
  return JSON.parse(sidebar);
}

/** The symbols of a module, which typedoc nests by the parts of its name. */
function symbolsOf(items: readonly SidebarItem[], link: string): SidebarItem[] {
  for (const item of items) {
    if (item.link === link) return (item.items ?? []).filter((group) => group.link === undefined);
    const found = symbolsOf(item.items ?? [], link);
    if (found.length > 0) return found;
  }
  return [];
}

/** Writes the reference of all public entries: a page for each symbol, and one page for the messages of each service. */
export async function writeApi(pages: string, repository: string): Promise<ApiModule[]> {
  const entries = publicEntries('default');
  const own = entries.filter(({ name }) => !name.startsWith(services));
  const generated = entries.filter(({ name }) => name.startsWith(services));
  const sources = (list: typeof entries) => list.map(({ source }) => join(root, source));
  const sidebar = await typedoc(pages, sources(own), {
    sourceLinkTemplate: `${repository}/blob/main/{path}#L{line}`,
  });
  await typedoc(pages, sources(generated), {
    outputFileStrategy: 'modules',
    // The variables of these modules are methods of the API.
    locales: { en: { kind_plural_variable: 'Methods' } },
    groupOrder: ['Methods', 'Variables', '*'],
    interfacePropertiesFormat: 'table',
    disableSources: true,
  });
  const order = Object.keys(descriptions);
  const listed = own.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  return [...listed, ...generated].map(({ name }) => ({
    name,
    description: describe(name),
    path: `api/${name}${name.startsWith(services) ? '' : '/index'}.md`,
    symbols: symbolsOf(sidebar, `/api/${name}/`),
  }));
}

/** The first page of the reference. */
export function apiIndex(modules: readonly ApiModule[]): string {
  const rows = (list: readonly ApiModule[]) => [
    '| import | what it has |',
    '|---|---|',
    ...list.map(({ name, description, path }) => `| [\`${name}\`](./${path.slice('api/'.length)}) | ${description} |`),
    '',
  ];
  const isService = ({ name }: ApiModule) => name.startsWith(services);
  return [
    '# API reference',
    '',
    'Every public entry of the package. `kaggle-ts` resolves to the entry of the runtime, so that it has the exports of',
    '`kaggle-ts/node` on Node, for example.',
    '',
    ...rows(modules.filter((module) => !isService(module))),
    '## Services',
    '',
    'One constant for each method of the API, for `client.call(method, request)`, and the types of its messages. Each message',
    'also has a schema, named after it: `ApiGetKernelRequestSchema`.',
    '',
    ...rows(modules.filter(isService)),
  ].join('\n');
}
