/** What every platform's file exports beside its own: it needs nothing of the runtime. */

export { streamSink } from '../core/bytes/stream-sink.ts';
export { type MemoryPlatform, type MemoryPlatformOptions, memoryPlatform } from './memory/index.ts';
