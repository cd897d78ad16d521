/** Exports of every platform entry, which work on any runtime. */

export { streamSink } from '../core/bytes/stream-sink.ts';
export { type MemoryPlatform, type MemoryPlatformOptions, memoryPlatform } from './memory/index.ts';
