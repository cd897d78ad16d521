/**
 * Builds the site of the documentation into site/dist: `npm run docs -- [--base PATH] [--serve]`. The generators are
 * installed into site/node_modules first if they are not there: only those who build the site pay for them.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { apiIndex, writeApi } from './docs/api.ts';
import { writeLlms } from './docs/llms.ts';
import { sections } from './docs/pages.ts';
import { writePages } from './docs/write-pages.ts';
import { command, root } from './test/command.ts';

const { values } = parseArgs({
  options: { base: { type: 'string', default: '/kaggle-ts/' }, serve: { type: 'boolean', default: false } },
});
const site = join(root, 'site');
const pages = join(site, '.tmp/pages');

async function run(program: string, ...args: string[]): Promise<void> {
  const { code } = await command(program, args, { show: true });
  if (code !== 0) throw new Error(`"${program} ${args.join(' ')}" failed, see above`);
}
const vitepress = join(site, 'node_modules/vitepress/bin/vitepress.js');

const { homepage, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  homepage: string;
  repository: { url: string };
};
const code = repository.url.replace(/^git\+|\.git$/g, '');
const base = `/${values.base}/`.replace(/\/+/g, '/');
const url = new URL(base, homepage).href;

if (!existsSync(vitepress)) await run('npm', 'ci', '--prefix', site, '--no-audit', '--no-fund');
rmSync(join(site, '.tmp'), { recursive: true, force: true });
const all = sections();
writePages(pages, all, code);
const api = await writeApi(pages, code);
writeFileSync(join(pages, 'api/index.md'), apiIndex(api));
writeFileSync(join(site, '.tmp/site.json'), JSON.stringify({ base, repository: code, sections: all, api }));
await run(process.execPath, vitepress, 'build', site);
writeLlms(pages, join(site, 'dist'), all, api, url);
console.log(`site/dist has the site for ${url}`);
if (values.serve) await run(process.execPath, vitepress, 'preview', site);
