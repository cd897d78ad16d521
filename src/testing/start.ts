import { MissingCapabilityError } from '../core/errors.ts';
import { isUrl, pathOf } from '../core/file-path.ts';
import type { Context } from './context.ts';
import type { EmulatorOptions } from './emulator-options.ts';
import { type Counts, fill } from './fixtures/fill.ts';
import type { Fixtures } from './fixtures/types.ts';
import { usersOf } from './fixtures/users.ts';
import type { Ids } from './ids.ts';
import type { Keeper } from './keeper.ts';
import { checkFixtures } from './options.ts';

/** The initial content of an emulator. */
export interface InitialContent {
  /** Numbers of datasets and kernels loaded from the data folder. */
  loaded: Counts;
  /** Numbers of datasets and kernels added from fixtures. */
  added: Counts;
}

/** The context of an emulator that is starting. */
export type Starting = Context & { keeper: Keeper };

/** Throws `MissingCapabilityError` on runtimes without a file system. */
function needFiles(what: string): void {
  const { process } = globalThis as { process?: { getBuiltinModule?: unknown } };
  if (typeof process?.getBuiltinModule === 'function') return;
  throw new MissingCapabilityError(`${what}, or use Node, Deno or Bun`);
}

async function open(context: Starting, ids: Ids, data: string) {
  needFiles('data: this runtime has no file system to save the state in; omit the option');
  const { openData } = await import('./data/index.ts');
  const { keeper, loaded } = await openData(data, { state: context.state, ids: ids.position });
  if (loaded) ids.moveTo(loaded.ids);
  context.keeper = keeper;
  return loaded;
}

async function read(fixtures: EmulatorOptions['fixtures']): Promise<Fixtures> {
  if (typeof fixtures !== 'string' && !isUrl(fixtures)) {
    checkFixtures(fixtures ?? {});
    return fixtures ?? {};
  }
  const path = pathOf(fixtures);
  needFiles(
    `fixtures: this runtime has no file system to read "${path}" from; pass an object, { users, datasets, kernels }`,
  );
  const { readFixtures } = await import('./fixtures/read-folder.ts');
  return readFixtures(path);
}

/** Opens the data folder, unless it is open (`again`), and adds the fixtures. */
export async function start(
  context: Starting,
  ids: Ids,
  options: EmulatorOptions,
  again: boolean,
): Promise<InitialContent> {
  const { state } = context;
  // First, so that invalid fixtures leave the data folder unchanged.
  const fixtures = await read(options.fixtures);
  const loaded = options.data === undefined || again ? undefined : await open(context, ids, pathOf(options.data));
  try {
    state.users = usersOf({ users: options.users, fixtures, loaded: loaded?.users });
    const before = { datasets: state.datasets.size, kernels: state.kernels.size };
    return { loaded: before, added: await fill(context, fixtures) };
  } catch (error) {
    await context.keeper.close(() => Promise.resolve());
    throw error;
  }
}
