/** What the Deno platform does without permissions: prints it as JSON. */
import { denoPlatform } from '../../../src/platform/deno/index.ts';

const [path] = (globalThis as unknown as { Deno: { args: string[] } }).Deno.args;
const platform = denoPlatform();
await platform.state?.set('key', 1);
console.log(
  JSON.stringify({
    variable: String(platform.env?.('KAGGLE_TS_TEST')),
    home: String(platform.home?.()),
    state: String(await platform.state?.get('key')),
    file: await platform.fs?.source(path ?? '').catch((error: Error) => error.message),
  }),
);
