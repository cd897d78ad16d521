/**
 * Renews docs/dashboard (`npm run dashboard:pictures`): each page in both themes, on a desktop and a phone, with the sample
 * data at a fixed time. Also looks for barriers in each of them. Look at the pictures before you commit them.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { test } from 'vitest';
import { openDashboard } from './site.ts';

const folder: string = join(import.meta.dirname, '../../docs/dashboard');
const now: number = Date.UTC(2026, 2, 11, 9, 30);

const training = `import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

sales = pd.read_csv("/kaggle/input/datasets/alice/store-sales/train.csv")
model = HistGradientBoostingRegressor(learning_rate=params["lr"])
model.fit(sales.drop(columns="units"), sales["units"])
print("score", model.score(sales.drop(columns="units"), sales["units"]))
`;

interface Picture {
  at: string;
  /** Waits until the page shows everything. */
  ready(page: Page): Promise<unknown>;
}

const text = (page: Page, shown: string | RegExp) => page.getByText(shown).first().waitFor();

const pictures: Readonly<Record<string, Picture>> = {
  runs: { at: '#/', ready: (page) => text(page, 'Weather report in R') },
  run: {
    at: '#/run/alice/sentiment-fine-tuning/1',
    ready: (page) => text(page, /OutOfMemoryError|CUDA out of memory/),
  },
  notebook: {
    at: '#/run/alice/house-prices-notebook/1?file=__notebook__.ipynb',
    ready: (page) => text(page, /read .* in \d+ request/),
  },
  table: { at: '#/run/alice/store-sales-forecast/1?file=forecast.parquet', ready: (page) => text(page, /row groups?/) },
  new: {
    at: '#/new',
    async ready(page) {
      await page.getByLabel('Title').fill('Store sales: boosted trees');
      await page.getByLabel('Accelerator').selectOption({ label: 'GPU T4 x2' });
      const editor = page.locator('.cm-content');
      await editor.click();
      await page.keyboard.insertText(training);
      await page.getByRole('heading', { name: 'New run' }).click();
      await text(page, /left this week|remain|free/);
    },
  },
  compare: {
    at: '#/compare?sweep=alice/forest-cover-sweep',
    ready: (page) => text(page, '11 of 12 runs have metrics'),
  },
  quota: { at: '#/quota', ready: (page) => text(page, /TPU/) },
};

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

for (const device of ['desktop', 'phone'] as const)
  for (const theme of ['light', 'dark'] as const)
    test(`${device}, ${theme}`, async () => {
      const { page, visit, checkAccess, expectProblems } = await openDashboard({
        device,
        theme,
        emulator: { now: () => now },
      });
      // A screenshot tries to hide the cursor in all frames, also in that of a notebook, which runs no scripts.
      expectProblems(/Blocked script execution in 'blob:/);
      await page.clock.install({ time: now });
      for (const [name, { at, ready }] of Object.entries(pictures)) {
        await page.goto('about:blank');
        await visit(at);
        await ready(page);
        await page.waitForLoadState('networkidle');
        await checkAccess();
        await page.screenshot({ path: join(folder, `${name}-${device}-${theme}.png`), scale: 'css' });
      }
    });
