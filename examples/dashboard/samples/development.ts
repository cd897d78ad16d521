import { createEmulator, type Emulator, type EmulatorOptions, scriptedExecutor } from 'kaggle-ts/testing';
import { sampleFixtures } from './fixtures.ts';
import { longLog } from './logs.ts';
import { simulate } from './simulation.ts';
import { forecastCsv, forecastParquet } from './tables.ts';

/** Options of `createSamples`: those of an emulator, and how the samples behave. */
export interface SampleOptions extends Omit<EmulatorOptions, 'fixtures' | 'users'> {
  /**
   * Milliseconds between two pieces of output of a sample that is running; `Infinity` for none, until it is canceled.
   * @default 1000
   */
  pace?: number | undefined;
}

/** Defines a property that is computed when it is read first, as it is large. */
function define<Name extends string, Value>(target: { [Key in Name]: Value }, name: Name, make: () => Value): void {
  let made: Value | undefined;
  Object.defineProperty(target, name, {
    enumerable: true,
    configurable: true,
    get: () => {
      made ??= make();
      return made;
    },
    set(value: Value) {
      made = value;
    },
  });
}

/** Adds large output files and a log of 100,000 lines, which are made when somebody opens them. */
function addLarge({ state }: Emulator): void {
  const runOf = (slug: string) => state.kernels.get(`alice/${slug}`)!.versions.at(-1)!;
  const forecast = runOf('store-sales-forecast');
  const addFile = (name: string, make: () => Uint8Array<ArrayBuffer>) => {
    const file = { name, created: forecast.created, data: new Uint8Array() };
    define(file, 'data', make);
    forecast.files.push(file);
  };
  addFile('forecast.csv', () => new TextEncoder().encode(forecastCsv()));
  addFile('forecast.parquet', forecastParquet);
  addFile('model/weights.bin', () =>
    Uint8Array.from({ length: 400_000 }, (_, index) => (index * 2_654_435_761) >>> 13),
  );
  define(runOf('web-traffic-etl'), 'log', () => longLog(100_000));
}

/**
 * Creates an emulator with the sample data of the dashboard: runs of alice with every status, a sweep, output files of many
 * kinds, datasets, and quota that is partly used. All is made by code, the same for the same clock (`now`).
 *
 * @param options - `executor` runs the kernels that are not samples. Its default ends them at once.
 */
export async function createSamples({ pace = 1000, ...options }: SampleOptions = {}): Promise<Emulator> {
  const { now = Date.now, executor = scriptedExecutor(() => {}) } = options;
  const emulator = createEmulator({
    concurrency: 4,
    ...options,
    executor: simulate(executor, pace),
    fixtures: sampleFixtures(now()),
  });
  await emulator.ready;
  addLarge(emulator);
  return emulator;
}
