import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from 'playwright-core';
import { makeOnce } from '../../scripts/test/make-once.ts';
import { inFirefox, launchFirefox, launchFirefoxWindow } from './firefox.ts';

export interface Page {
  browser: BrowserContext;
  /** Address of the page; every path but those of `files` returns it. */
  url: string;
  /** Scripts and other pages by path. */
  readonly files: Map<string | undefined, string>;
  /** The Content-Security-Policy of everything that is served. */
  csp?: string;
  close(): Promise<void>;
}

const modules: string = join(import.meta.dirname, '../../node_modules');

/** The fonts of the package first, so that pages look the same on all machines; those of the machine for other letters. */
const fontsIn = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/font-cache</cachedir>
  <alias binding="same"><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias binding="same"><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;
export interface PageOptions {
  /** Arguments of Chromium to leave out. */
  without?: readonly string[];
  /** More scripts by path: the file to bundle for each. */
  scripts?: Readonly<Record<string, string>>;
  /** Answers requests for paths below `/kaggle/`. */
  proxy?: RequestListener;
}

/**
 * Options of Playwright for a Chromium without a window, which keeps temporary files in `folder`. `without`: arguments of the
 * package to leave out.
 */
async function chromiumOptions(folder: string, without: readonly string[] = []): Promise<LaunchOptions> {
  const { default: Chromium } = await import('@sparticuz/chromium');
  const { version } = JSON.parse(readFileSync(join(modules, '@sparticuz/chromium/package.json'), 'utf8'));
  // Unpacking takes seconds, so all tests share one copy.
  const unpacked = join(modules, '.cache/chromium', version);
  await makeOnce(unpacked, async (place) => {
    // The package unpacks into TMPDIR under fixed names and trusts what is there: it gets a place of its own.
    const { TMPDIR } = process.env;
    process.env.TMPDIR = place;
    const path = Chromium.executablePath();
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    await path;
    writeFileSync(join(place, 'fonts/fonts.conf'), fontsIn(unpacked));
  });
  return {
    executablePath: join(unpacked, 'chromium'),
    env: { ...process.env, TMPDIR: folder, FONTCONFIG_PATH: join(unpacked, 'fonts') },
    // The package turns the rules on other origins off.
    args: Chromium.args.filter((arg) => arg !== '--disable-web-security' && !without.includes(arg)),
    headless: true,
  };
}

/** Chromium with one window that keeps what pages store in `folder`: in a private window, files of pages are in memory. */
export async function launchChromium(folder: string, without: readonly string[] = []): Promise<BrowserContext> {
  if (inFirefox) return launchFirefoxWindow();
  return chromium.launchPersistentContext(join(folder, 'profile'), await chromiumOptions(folder, without));
}

/** Chromium for private windows, each with a process of its own: in one process, it would end with the first window. */
export async function launchBrowser(folder: string): Promise<Browser> {
  if (inFirefox) return launchFirefox();
  const options = await chromiumOptions(folder, [
    ...['--single-process', '--no-zygote', '--in-process-gpu'],
    ...['--ignore-gpu-blocklist', '--use-gl=angle', '--use-angle=swiftshader'],
  ]);
  // Without a GPU, a process that imitates one draws far slower than the page itself.
  return chromium.launch({ ...options, args: [...options.args!, '--disable-gpu'] });
}

/** Chromium with a page that runs the file `entry`. */
export async function startChromium(
  entry: string,
  folder: string,
  { without, scripts = {}, proxy }: PageOptions = {},
): Promise<Page> {
  const browser = await launchChromium(folder, without);
  const files: Page['files'] = new Map();
  for (const [path, file] of Object.entries({ ...scripts, '/page.js': entry })) {
    const { outputFiles } = await build({ entryPoints: [file], bundle: true, write: false, format: 'esm' });
    files.set(path, outputFiles[0]!.text);
  }
  const server = createServer((request, response) => {
    const { url } = request;
    if (proxy && url?.startsWith('/kaggle/')) return void proxy(request, response);
    response.setHeader('content-type', `text/${url?.endsWith('.js') ? 'javascript' : 'html'}; charset=utf-8`);
    response.setHeader('access-control-allow-origin', '*');
    if (page.csp) response.setHeader('content-security-policy', page.csp);
    response.end(files.get(url) ?? '<!doctype html><input type="file"><script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page: Page = {
    browser,
    files,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      await browser.close();
      server.close();
    },
  };
  return page;
}

/** The processes below this one that are Chromium's. */
function processes(): string[] {
  const parents = new Map<string, string>();
  const chromes: string[] = [];
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, name = '', parent = ''] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
      parents.set(id, parent);
      if (/chrom|headless/.test(name)) chromes.push(id);
    } catch {
      // It ended in the meantime.
    }
  }
  const isOurs = (id: string | undefined): boolean =>
    id !== undefined && (id === String(process.pid) || isOurs(parents.get(id)));
  return chromes.filter(isOurs);
}

const highest = (id: string): number => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
};

/**
 * How much more memory, in MiB, the browser's processes together took at most while `work` was done than before it;
 * `undefined` where /proc cannot say.
 */
export async function growthMiB(work: () => Promise<unknown>): Promise<number | undefined> {
  let before: Map<string, number> | undefined;
  try {
    const ours = processes();
    // The highest figure so far starts anew with what is used now.
    for (const id of ours) writeFileSync(`/proc/${id}/clear_refs`, '5');
    before = new Map(ours.map((id) => [id, highest(id)]));
  } catch {
    before = undefined;
  }
  await work();
  if (!before || before.size === 0) return undefined;
  return processes().reduce((sum, id) => sum + highest(id) - (before.get(id) ?? 0), 0);
}
