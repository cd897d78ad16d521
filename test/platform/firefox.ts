import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { type Browser, type BrowserContext, firefox } from 'playwright-core';

/** Whether the tests use Firefox instead of Chromium, as `npm run test:firefox` does. */
export const inFirefox: boolean = process.env.KAGGLE_TS_BROWSER === 'firefox';

/** Returns the path of Firefox: $FIREFOX, or the first on the PATH. */
export function findFirefox(): string | undefined {
  if (process.env.FIREFOX) return process.env.FIREFOX;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = ['firefox', 'firefox-esr'].flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...places, '/Applications/Firefox.app/Contents/MacOS/firefox'].find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

interface Session {
  send(method: string, params: unknown): Promise<unknown>;
}

/** Starts an unmodified Firefox, which Playwright controls with WebDriver BiDi. */
export async function launchFirefox(): Promise<Browser> {
  const browser = await firefox.launch({
    executablePath: findFirefox(),
    channel: 'moz-firefox',
    firefoxUserPrefs: { 'ui.prefersReducedMotion': 1, 'ui.systemUsesDarkTheme': 0 },
    timeout: 120_000,
  });
  // Playwright emulates the color scheme with a command that Firefox does not have, so the preferences above set it.
  const { _connection } = browser as unknown as {
    _connection: { toImpl(browser: Browser): { _browserSession: Session } };
  };
  const sessions: Session = Object.getPrototypeOf(_connection.toImpl(browser)._browserSession);
  const { send } = sessions;
  sessions.send = function (this: Session, method, params) {
    return method === 'emulation.setMediaFeaturesOverride' ? Promise.resolve({}) : send.call(this, method, params);
  };
  return browser;
}

/** Starts Firefox with one window, whose storage is on disk. Closing the window ends Firefox. */
export async function launchFirefoxWindow(): Promise<BrowserContext> {
  const browser = await launchFirefox();
  const context = await browser.newContext();
  context.once('close', () => void browser.close());
  return context;
}
