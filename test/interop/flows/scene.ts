import type { ClientOptions, KaggleClient } from '../../../src/core/rpc/client.ts';
import { createClient } from '../../../src/core/rpc/create-client.ts';
import { type MemoryPlatform, memoryPlatform } from '../../../src/platform/memory/index.ts';
import type { Flow, RecordedFile } from './recording.ts';
import type { Replay } from './replay.ts';
import { contentOf, type World } from './world.ts';

/** What one step of a flow is played with. */
export interface Scene {
  client: KaggleClient;
  platform: MemoryPlatform;
  world: World;
  /** The text of a file of the input. */
  read(path: string): string;
}

/** Our counterpart of a recorded command: does the same with our verbs and checks what came of it. */
export type Play = (scene: Scene) => Promise<unknown>;

/** A command that has no counterpart, and why. */
export interface Left {
  left: string;
}

export type Scenario = readonly (Play | Left)[];

/** A file system that holds the input of a flow, with its times. */
export async function inputPlatform(files: readonly RecordedFile[]): Promise<MemoryPlatform> {
  const platform = memoryPlatform();
  for (const file of files) {
    const sink = await platform.fs!.sink(file.path);
    const content = contentOf(file);
    if (content.length > 0) await sink.write(content, 0);
    await sink.commit({ lastModified: new Date(file.modified * 1000) });
  }
  return platform;
}

/** The client that plays one step: the recorded server behind it, alice's token in front. */
export function createScene(
  flow: Flow,
  platform: MemoryPlatform,
  world: World,
  replay: Replay,
  credential: Pick<ClientOptions, 'token' | 'username' | 'key'>,
): Scene {
  const client = createClient({
    endpoint: 'http://localhost:7777',
    fetch: replay.fetch,
    // Without state: no mark in the notes of versions, as the official clients know none.
    platform: { ...platform, state: undefined },
    ...credential,
  });
  return {
    client,
    platform,
    world,
    read: (path) => flow.input?.find((file) => file.path === path)?.text ?? '',
  };
}
