/** The package in a page, for tests that say what the page does: `globalThis.kaggle`. */
import * as browser from '../../../src/browser.ts';
import { createOrVersion, download } from '../../../src/services/datasets/index.ts';

const kaggle = { ...browser, createOrVersion, download };
export type KaggleInPage = typeof kaggle;
Object.assign(globalThis, { kaggle });
