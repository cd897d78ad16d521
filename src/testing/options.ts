import { isUrl } from '../core/file-path.ts';
import { checkOptions, refuse } from '../core/options/check.ts';
import {
  any,
  type Field,
  field,
  flag,
  having,
  isRecord,
  limit,
  list,
  name,
  needed,
  oneOf,
  positive,
  text,
  whole,
} from '../core/options/field.ts';
import { type Fields, type Shape, shape } from '../core/options/shape.ts';
import type { EmulatorOptions } from './emulator-options.ts';
import type { Executor } from './executors/types.ts';
import type { Fault } from './faults/book.ts';
import type {
  DatasetFixture,
  FixtureFiles,
  Fixtures,
  KernelFixture,
  KernelVersionFixture,
  RunFixture,
  UserFixture,
} from './fixtures/types.ts';
import type { ServeOptions } from './serve.ts';
import type { LogLine } from './types.ts';

const number = (): Field<number> => field('a number', (value) => Number.isFinite(value));
const milliseconds = (): Field<number> =>
  field('a number of milliseconds of at least 0', (value) => typeof value === 'number' && value >= 0);
const path = (): Field<string | URL> =>
  field('the path of a folder', (value) => (typeof value === 'string' && value !== '') || isUrl(value));

const origin = (): Field<string> =>
  field(
    'an origin, such as http://localhost:5173',
    (value) => typeof value === 'string' && URL.canParse(value) && new URL(value).origin === value,
  );

const port = (): Field<number> =>
  field(
    'a port from 0 to 65535',
    (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 65_536,
  );

const userFields = (): Fields<UserFixture> => ({
  username: needed(name('a user name')),
  userId: number(),
  token: name(),
  key: name(),
  refreshToken: name(),
  phoneVerified: flag(),
  cpuSessions: whole(0),
  gpuSessions: whole(0),
  gpuSecondsLeft: number(),
  tpuSecondsLeft: number(),
});

const files = (): Field<FixtureFiles> => field("file contents by path, such as { 'a.csv': 'x,y' }", isRecord);

const datasetFields = (): Fields<DatasetFixture> => ({
  owner: needed(name()),
  slug: needed(name()),
  title: text(),
  subtitle: text(),
  description: text(),
  licenseName: text(),
  isPrivate: flag(),
  keywords: list('strings', text()),
  files: files(),
  versions: list('files, one object for each version', files()),
  from: text(),
});

const logFields = (): Fields<LogLine> => ({
  stream_name: needed(oneOf('stdout', 'stderr')),
  time: needed(number()),
  data: needed(text()),
});

const runFields = (): Fields<RunFixture> => ({
  output: files(),
  log: list('log lines', shape(logFields())),
  status: oneOf('QUEUED', 'RUNNING', 'COMPLETE', 'ERROR', 'CANCEL_ACKNOWLEDGED'),
  failureMessage: text(),
  created: field('a date, or milliseconds since 1970', (value) =>
    value instanceof Date ? !Number.isNaN(value.getTime()) : Number.isFinite(value),
  ),
  seconds: field('a number of seconds of at least 0', (value) => typeof value === 'number' && value >= 0),
});

const kernelFields = (): Fields<KernelFixture> => ({
  ...runFields(),
  owner: needed(name()),
  slug: needed(name()),
  title: text(),
  text: needed(text()),
  language: text(),
  kernelType: text(),
  isPrivate: flag(),
  enableGpu: flag(),
  enableTpu: flag(),
  enableInternet: flag(),
  machineShape: text(),
  categoryIds: list('strings', text()),
  datasetDataSources: list('strings', text()),
  kernelDataSources: list('strings', text()),
  competitionDataSources: list('strings', text()),
  modelDataSources: list('strings', text()),
  versions: list('versions', shape<KernelVersionFixture>({ ...runFields(), text: text() })),
  from: text(),
});

const fixturesField = (): Shape<Fixtures> =>
  shape<Fixtures>({
    users: list('users', shape(userFields())),
    datasets: list('datasets', shape(datasetFields())),
    kernels: list('kernels', shape(kernelFields())),
  });

/** Throws `ValidationError` for fixtures of the wrong shape. Called when they are read, so that it rejects `ready`. */
export function checkFixtures(fixtures: Fixtures): void {
  checkOptions('fixtures', fixtures, () => fixturesField().fields as Fields<Fixtures>);
}

export const emulatorFields = (): Fields<EmulatorOptions> => ({
  users: list<UserFixture, UserFixture[]>('users', shape(userFields())),
  executor: having<Executor>('an executor, such as scriptedExecutor(...)', 'run'),
  fixtures: field(
    'the path of a folder, or { users, datasets, kernels }',
    (value) => isRecord(value) || isUrl(value) || (typeof value === 'string' && value !== ''),
  ),
  data: path(),
  faults: list<Fault, Fault[]>('faults', any()),
  seed: number(),
  lag: milliseconds(),
  processing: milliseconds(),
  slotLag: milliseconds(),
  savesWithoutSlot: flag(),
  mounts: oneOf('owner', 'both', 'legacy'),
  storageOrigin: field(
    'a URL, such as https://storage.example',
    (value) => typeof value === 'string' && URL.canParse(value),
  ),
  allowedOrigins: list<string, string[]>('origins', origin()),
  allowedHosts: list<string, string[]>('strings', name()),
  concurrency: whole(0),
  recorded: limit(),
  charset: flag(),
  hashes: oneOf('both', 'crc32c', 'md5', 'none'),
  rate: positive(),
  now: field('a function', (value) => typeof value === 'function'),
});

/** Hosts that only this machine can reach. */
const loopback = ['127.0.0.1', 'localhost', '::1'];

const serveFields = (): Fields<ServeOptions> => ({
  ...emulatorFields(),
  port: port(),
  storagePort: port(),
  host: field('127.0.0.1, localhost or ::1 (anyone who can reach the emulator can run code)', (value) =>
    loopback.includes(value as string),
  ),
  emulator: having('the result of createEmulator()', 'fetch'),
});

/** Throws `ValidationError` for invalid options, and for options of the emulator beside an existing `emulator`. */
export function checkServeOptions(options: ServeOptions): void {
  checkOptions('serveEmulator', options, serveFields);
  if (options.emulator === undefined) return;
  const known = Object.keys(emulatorFields());
  const issues = Object.entries(options)
    .filter(([option, value]) => value !== undefined && known.includes(option))
    .map(([path]) => ({
      path,
      message: 'belongs to createEmulator; an existing emulator keeps its own options',
    }));
  refuse('serveEmulator', issues);
}
