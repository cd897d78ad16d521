import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import { type BrowserContext, chromium } from 'playwright-core';

export interface Page {
  browser: BrowserContext;
  /** Address of the page; every path returns it. */
  url: string;
  close(): Promise<void>;
}

/**
 * Chromium without a window. `folder` is where the browser unpacks itself and keeps what pages store: in a private window,
 * which is what it opens otherwise, files of pages are in memory.
 */
export async function launchChromium(folder: string): Promise<BrowserContext> {
  // The package unpacks into TMPDIR under fixed names and trusts what is there: it gets a place of its own.
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  const { default: Chromium } = await import('@sparticuz/chromium');
  const executablePath = await Chromium.executablePath();
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  return chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath,
    env: { ...process.env, TMPDIR: folder },
    // The package turns the rules on other origins off.
    args: Chromium.args.filter((arg) => arg !== '--disable-web-security'),
    headless: true,
  });
}

/** Chromium with a page that runs the file `entry`. */
export async function startChromium(entry: string, folder: string): Promise<Page> {
  const browser = await launchChromium(folder);
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: 'esm' });
  const script = outputFiles[0]?.text.replaceAll('</script', '<\\/script');
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><input type="file"><script type="module">${script}</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    browser,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      await browser.close();
      server.close();
    },
  };
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
