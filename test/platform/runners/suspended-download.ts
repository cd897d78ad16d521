/**
 * A process that is suspended in the middle of a download: `suspended-download.ts <path>`. It writes `old` and says so;
 * with the next line of stdin it goes on, `argv[3]` seconds later by its clock, and prints what became of the write and
 * of the commit.
 */
import { once } from 'node:events';
import { nodePlatform } from '../../../src/platform/node/index.ts';

const [path = '', seconds = '0'] = process.argv.slice(2);
const outcome = (work: Promise<void>) =>
  work.then(
    () => 'done',
    (error: Error) => `${error.name}: ${error.message}`,
  );

// A heartbeat before the clock is set would go by the real time, which is far shorter.
globalThis.setInterval = (() => ({ unref: () => undefined })) as unknown as typeof setInterval;
const sink = await nodePlatform().fs!.partial!(path);
await sink.write(new TextEncoder().encode('old'), 0);
await sink.note('note');
console.log('ready');

await once(process.stdin, 'data');
const now = Date.now;
Date.now = () => now() + Number(seconds) * 1000;
const write = await outcome(sink.write(new TextEncoder().encode('OLD'), 0));
const commit = await outcome(sink.commit());
await sink.leave();
await sink.abort();
console.log(JSON.stringify({ write, commit }));
process.stdin.destroy();
