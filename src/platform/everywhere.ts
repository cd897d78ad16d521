/** What every platform's file exports beside its own: it needs nothing of the runtime. */
export { type MemoryPlatform, type MemoryPlatformOptions, memoryPlatform } from './memory/index.ts';
export { streamSink } from './shared/stream-sink.ts';
