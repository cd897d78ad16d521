import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command, root } from '../scripts/test/command.ts';
import { launchChromium } from '../test/platform/chromium.ts';
import { serveFolder } from './serve.ts';

const dist = join(root, 'site/dist');
let base: string;
let origin: string;
let close: () => void;
let browser: BrowserContext;
let page: Page;
let scratch: string;
/** What the browser complained about, and requests to other places. */
const complaints: string[] = [];

beforeAll(async () => {
  if (!existsSync(join(dist, 'index.html'))) {
    const { code, output } = await command('npm', ['run', '--silent', 'docs']);
    expect(code, output).toBe(0);
  }
  ({ base } = JSON.parse(readFileSync(join(root, 'site/.tmp/site.json'), 'utf8')));
  ({ origin, close } = await serveFolder(dist, base));
  scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-site-'));
  browser = await launchChromium(scratch);
  page = await browser.newPage();
  page.on('console', (message) => {
    if (message.type() !== 'log') complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('requestfailed', (request) => {
    // A page that is left cancels what it still loads.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`${request.url()} failed`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) complaints.push(`${page.url()} asks for ${request.url()}`);
  });
});

afterAll(async () => {
  await browser?.close();
  close?.();
  rmSync(scratch, { recursive: true, force: true });
});

const all = globSync('**/*.html', { cwd: dist }).filter((path) => path !== '404.html');
/** All written pages, the first page of each entry, and some pages of symbols. */
const visited = all.filter(
  (path, index) =>
    !path.startsWith('api/') || path.endsWith('index.html') || path.includes('/services/') || index % 30 === 0,
);
const open = (path: string) => page.goto(`${origin}${base}${path}`, { waitUntil: 'load' });

describe.each([
  ['a phone', 390, 844],
  ['a desktop', 1280, 900],
])('on %s', (_, width, height) => {
  beforeAll(() => page.setViewportSize({ width, height }));

  test('no page is wider than the window or has errors, and all say that the project is unofficial', async () => {
    expect(visited.length).toBeGreaterThan(50);
    const wrong: string[] = [];
    // The narrow window is the hard one.
    for (const path of width < 700 ? visited : visited.filter((path) => !path.includes('/services/'))) {
      await open(path);
      const { overflow, headings, text } = await page.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - window.innerWidth,
        headings: document.querySelectorAll('h1').length,
        text: document.body.innerText,
      }));
      if (overflow > 0) wrong.push(`${path} is ${overflow} px too wide`);
      if (headings !== 1) wrong.push(`${path} has ${headings} first headings`);
      if (!text.includes('not affiliated with or endorsed by Kaggle')) wrong.push(`${path} lacks the notice`);
      if (/\{\{ .* \}\}/.test(text)) wrong.push(`${path} shows an expression of its theme`);
    }
    expect(wrong).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('the search finds a guide and a function for "push"', async () => {
    await open('');
    await page.locator('#local-search button').click();
    await page.locator('#localsearch-input').fill('push');
    const results = page.locator('#localsearch-list a');
    await results.first().waitFor();
    const links = await results.evaluateAll((found) => found.map((link) => link.getAttribute('href')!));
    expect(links.some((link) => link.includes('/guides/run.html'))).toBe(true);
    expect(links.some((link) => link.includes('/kernels/functions/push.html'))).toBe(true);
    await results.first().click();
    await page.waitForURL((url) => url.pathname !== base);
    expect(complaints).toEqual([]);
  });

  test('navigation leads from the landing page to a guide, and from there to the next one', async () => {
    await open('');
    await page.locator('a.card', { hasText: 'Run a kernel' }).click();
    await page.waitForURL('**/guides/run.html');
    if (width < 700) await page.locator('.VPLocalNav .menu').click();
    await page.locator('.VPSidebar a', { hasText: 'Follow logs and wait' }).click();
    await page.waitForURL('**/guides/follow.html');
    await page.locator('h1', { hasText: 'Follow logs' }).waitFor();
    const edit = await page.locator('.edit-link a').getAttribute('href');
    expect(edit).toMatch(/^https:\/\/github\.com\/.+\/edit\/main\/docs\/guides\/follow\.md$/);
  });
});

test('a heading shows its anchor under the pointer, and the anchor sets the address', async () => {
  await open('guides/run.html');
  const heading = page.locator('.vp-doc h2').first();
  await heading.hover();
  const anchor = heading.locator('a.header-anchor');
  await expect.poll(() => anchor.evaluate((link) => getComputedStyle(link).opacity)).toBe('1');
  await anchor.click();
  await page.waitForURL(/#[\w-]+$/);
});

test('the switch changes between light and dark', async () => {
  await open('');
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await background();
  await page.locator('.VPNavBarAppearance button').click();
  await expect.poll(background).not.toBe(before);
});

test('each link within the site leads to a page, and its anchor to an element', async () => {
  const sources = new Map(all.map((path) => [path, readFileSync(join(dist, path), 'utf8')]));
  const found = await page.evaluate(
    (pages) => {
      const parser = new DOMParser();
      return pages.map(([path, source]) => {
        const parsed = parser.parseFromString(source, 'text/html');
        return {
          path,
          ids: [...parsed.querySelectorAll('[id]')].map(({ id }) => id),
          links: [...parsed.querySelectorAll('a[href]')].map((link) => link.getAttribute('href')!),
        };
      });
    },
    [...sources] as [string, string][],
  );
  const ids = new Map(found.map((entry) => [entry.path, new Set(entry.ids)]));
  const broken: string[] = [];
  for (const { path, links } of found) {
    for (const link of new Set(links)) {
      const url = new URL(link, `http://site${base}${path}`);
      if (url.host !== 'site') continue;
      const target = url.pathname.slice(base.length).replace(/(^|\/)$/, '$1index.html');
      const anchor = decodeURIComponent(url.hash.slice(1));
      const known = ids.get(target);
      if (!known && !existsSync(join(dist, target))) broken.push(`${path}: ${link}`);
      else if (anchor !== '' && !known?.has(anchor)) broken.push(`${path}: ${link} (no such anchor)`);
    }
  }
  expect(broken).toEqual([]);
});

test('llms.txt follows llmstxt.org, and its links lead to Markdown', () => {
  const text = readFileSync(join(dist, 'llms.txt'), 'utf8');
  expect(text).toMatch(/^# kaggle-ts\n\n> .+\n\n[^#]+\n## Guides\n\n- \[/);
  const links = [...text.matchAll(/^- \[[^\]]+\]\((\S+)\)(?:: .+)?$/gm)].map(([, link]) => new URL(link!));
  expect(links.length).toBe(text.split('\n').filter((line) => line.startsWith('- ')).length);
  const missing = links.filter(({ pathname }) => !existsSync(join(dist, pathname.slice(base.length))));
  expect(missing.map(String)).toEqual([]);
  const full = readFileSync(join(dist, 'llms-full.txt'), 'utf8');
  expect(full).toContain('# Run a kernel');
  expect(full).toContain('# Changelog');
});
