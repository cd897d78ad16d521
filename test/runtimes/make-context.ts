import type { ClientOptions, KaggleClient } from 'kaggle-ts';
import type { Context, Files } from '../conformance/context.ts';
import { openControl } from '../conformance/control.ts';
import type { Addresses } from '../conformance/server/servers.ts';
import type { Round } from '../conformance/transports.ts';
import { casesOf, isFor, type Listed, type SuiteName } from '../suites.ts';
import type { RuntimeName } from './names.ts';

/** What Node, Deno and Bun print after the last case. From then on nothing of the package may keep the process alive. */
export const lastLine = 'all cases are done';

/** What a round is told from outside. */
export interface Settings extends Round, Addresses {
  runtime: RuntimeName;
  suite: SuiteName;
  /** A part of `group/name`: only those cases are run. */
  filter?: string;
  /** A folder for files, on runtimes that have some. */
  scratch?: string;
}

/** The token and the user that the emulator knows from the start. */
const token = 'KGAT_test';
const user = 'alice';

export function casesFor(settings: Settings): Listed[] {
  return casesOf(settings.suite, settings, settings.filter).filter(({ name }) =>
    isFor(settings.runtime, settings, name),
  );
}

/** Puts together what a case is given; `createClient` is the one of the runtime's own entry. */
export function makeContext(
  settings: Settings,
  platformName: string,
  createClient: (options: ClientOptions) => KaggleClient,
  files: Files,
): Context {
  const { apiUrl, storageUrl, otherUrl, untrustedUrl, controlUrl, recordedUrl, runtime, over } = settings;
  let count = 0;
  return {
    runtime,
    over,
    platformName,
    apiUrl,
    storageUrl,
    otherUrl,
    untrustedUrl,
    proxyUrl: `${(runtime === 'chromium' && recordedUrl) || controlUrl}/kaggle`,
    token,
    user,
    files,
    control: openControl(controlUrl),
    createClient: (options = {}) => createClient({ endpoint: apiUrl, token, ...options }),
    unique: (prefix) => `${prefix}-${runtime}-${++count}`,
  };
}
