/** The package in a page, for tests that say what the page does: `globalThis.kaggle`. */
import * as browser from '../../../src/browser.ts';
import { crc32c } from '../../../src/core/hash/crc32c.ts';
import { createOrVersion, download, uploadFile } from '../../../src/services/datasets/index.ts';

const kaggle = { ...browser, crc32c, createOrVersion, download, uploadFile };
export type KaggleInPage = typeof kaggle;
Object.assign(globalThis, { kaggle });
