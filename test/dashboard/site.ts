import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { createSamples, type SampleOptions } from '../../examples/dashboard/samples/development.ts';
import { type AppOptions, createApp } from '../../examples/dashboard/server/app.ts';
import { staticFiles } from '../../examples/dashboard/server/static.ts';
import { createClient, type KaggleClient } from '../../src/node.ts';
import { nodeHandler } from '../../src/proxy/node.ts';
import { createEmulator, type Emulator, type EmulatorOptions, scriptedExecutor } from '../../src/testing/index.ts';
import { launchBrowser } from '../platform/chromium.ts';
import { inFirefox } from '../platform/firefox.ts';
import { findBarriers } from './barriers.ts';

/** Options of `openDashboard`. */
export interface SiteOptions {
  /** Where the page is opened. @default '#/' */
  at?: string;
  /**
   * Options of the emulator, such as `executor`, which runs new kernels. Its default ends them at once. `pace: 100`:
   * running samples write to their logs every 100 ms; by default they write nothing, so that pictures stay the same.
   * `fixtures` and `users` need `samples: false`.
   */
  emulator?: SampleOptions & Pick<EmulatorOptions, 'fixtures' | 'users'>;
  /** `false`: an account without runs and datasets. @default true */
  samples?: boolean;
  /** Options of the server, such as `password`, `allow` or `limits`. @default no password */
  app?: Partial<AppOptions>;
  /** 1280 x 800, or 390 x 844 with touch. @default 'desktop' */
  device?: 'desktop' | 'phone';
  /** @default 'light' */
  theme?: 'light' | 'dark';
  /** Prefers reduced motion. @default true, so that tests and pictures do not wait for animations */
  calm?: boolean;
  /** Whether the service worker is installed. @default false: tests of other things need not wait for it */
  offline?: boolean;
  /** Is not closed after the test: call `close()`, for one site of many tests. @default false */
  shared?: boolean;
}

/** A dashboard in Chromium, with its server and an emulator in this process. */
export interface Site {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Address of the page, without hash. Another port for each site, so storage is never shared. */
  readonly url: string;
  readonly emulator: Emulator;
  /** A client of alice that does not go through the server. */
  readonly client: KaggleClient;
  /** What went wrong in pages and was not expected: violations of the policy, errors on the console, unhandled rejections. */
  readonly problems: string[];
  /** From now on, problems like this are expected, such as `/Failed to load resource/` without a network. */
  expectProblems(like: RegExp): void;
  /** Opens a hash address, such as `#/quota`, as a link would. */
  visit(hash: string): Promise<void>;
  /** Fails if axe finds a barrier in what the page shows now. `without` names rules to leave out. */
  checkAccess(page?: Page, without?: readonly string[]): Promise<void>;
  /** Stops the server and cuts its connections. */
  stop(): Promise<void>;
  /** Starts the server again, on the same port. */
  start(): Promise<void>;
  /** Closes everything, and fails if there were problems. */
  close(): Promise<void>;
}

let browser: Promise<Browser> | undefined;
let built: Promise<string> | undefined;

/** One browser for all files of this worker; it ends with the process. */
function openBrowser(): Promise<Browser> {
  browser ??= launchBrowser(mkdtempSync(join(tmpdir(), 'kaggle-ts-dashboard-')));
  return browser;
}

/** Builds the page in another process, as NODE_ENV of this one is `test`. Resolves to its folder. */
export function build(): Promise<string> {
  built ??= promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../scripts/dashboard/build.ts')], {
    env: { ...process.env, VITEST: '' },
  }).then(({ stdout }) => stdout.trim().split('\n').at(-1)!);
  return built;
}

const devices = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
} as const;

/** Serves an app that is made when its address is known. */
async function serve(make: (url: string) => ReturnType<typeof createApp>) {
  let handle: ReturnType<typeof nodeHandler> | undefined;
  const open = async (port: number) => {
    const server = createServer((incoming, outgoing) => void handle!(incoming, outgoing));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server = await open(0);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  handle = nodeHandler({ fetch: make(url) });
  return {
    url,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    async start() {
      server = await open(port);
    },
  };
}

/** Collects what goes wrong in all pages of a window. */
function watchProblems(context: BrowserContext) {
  const problems: string[] = [];
  const expected: RegExp[] = [];
  const add = (problem: string) => {
    if (!expected.some((like) => like.test(problem))) problems.push(problem);
  };
  context.on('console', (message) => {
    // Violations of the policy are errors, too.
    if (message.type() === 'error') add(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (event) => add(`unhandled: ${event.error().stack ?? event.error().message}`));
  context.on('page', (page) => page.on('crash', () => add('the page crashed')));
  return { problems, expected };
}

/**
 * Opens the dashboard in Chromium: the built page, its real server with the proxy, and an emulator in this process. After
 * the test it is closed, and the test fails if there were problems.
 */
export async function openDashboard(options: SiteOptions = {}): Promise<Site> {
  const { at = '#/', samples = true, device = 'desktop', theme = 'light', calm = true } = options;
  const [files, chromium] = await Promise.all([build().then(staticFiles), openBrowser()]);
  const settings = { lag: 0, processing: 0, executor: scriptedExecutor(() => {}), ...options.emulator };
  const emulator = samples
    ? await createSamples({ pace: Number.POSITIVE_INFINITY, ...settings })
    : createEmulator(settings);
  const client = createClient({ token: 'KGAT_test', fetch: emulator.fetch });
  const server = await serve((url) => createApp({ client, files, origins: [url], ...options.app }));
  const context = await chromium.newContext({
    ...devices[device],
    colorScheme: theme,
    reducedMotion: calm ? 'reduce' : 'no-preference',
    locale: 'en-US',
    timezoneId: 'UTC',
    acceptDownloads: true,
    serviceWorkers: options.offline ? 'allow' : 'block',
  });
  context.setDefaultTimeout(60_000);
  const { problems, expected } = watchProblems(context);
  const page = await context.newPage();
  let closed = false;
  const site: Site = {
    page,
    context,
    url: server.url,
    emulator,
    client,
    problems,
    expectProblems: (like) => void expected.push(like),
    async visit(hash) {
      await page.goto(`${server.url}/${hash}`);
    },
    async checkAccess(which = page, without = []) {
      // The rules are about the elements of the page, which are the same; axe ends the process of the page in Firefox.
      if (inFirefox) return;
      expect(await findBarriers(which, without)).toEqual([]);
    },
    stop: server.stop,
    start: server.start,
    async close() {
      if (closed) return;
      closed = true;
      await context.close();
      await server.stop();
      await emulator.close();
      expect(problems, 'problems in the page').toEqual([]);
    },
  };
  if (!options.shared) onTestFinished(site.close);
  await site.visit(at);
  return site;
}
