import type { Locator, Request } from 'playwright-core';
import { outputFiles } from './output-files.ts';
import { openDashboard, type Site } from './site.ts';

/** Names that fixtures refuse, and a kernel may leave. */
export const strangeNames = [
  'a\u202egnp.exe.txt',
  '<img src=x onerror="globalThis.hacked=1">.txt',
  '../outside.txt',
  `long/${'n'.repeat(2000)}.txt`,
  'line\nbreak.csv',
];

/** A dashboard with the outputs of four runs: alice/prices, alice/many-files, alice/no-files and alice/strange. */
export interface OutputsSite extends Site {
  readonly files: Record<string, string | Uint8Array>;
  /** Moves the clock of the emulator, in milliseconds. */
  advance(ms: number): void;
  /** Opens the run page. */
  list(slug: string): Promise<void>;
  /** Opens the preview of a file of alice/prices by its address. */
  preview(file: string): Promise<Locator>;
  /** Counts what is requested from now on. */
  count(): { listings(): number; bytes(): Promise<number>; elsewhere(): string[] };
}

/** Opens a dashboard for several tests; call `close` after them. */
export async function openOutputs(): Promise<OutputsSite> {
  const files = outputFiles();
  const many = Array.from({ length: 3000 }, (_, index) => [`part-${index % 7}/${index}.txt`, String(index)]);
  const kernel = { owner: 'alice', text: 'print(1)', log: [{ stream_name: 'stdout' as const, time: 1, data: 'x\n' }] };
  const outputs = {
    prices: files,
    'many-files': Object.fromEntries(many),
    'no-files': undefined,
    strange: Object.fromEntries(strangeNames.map((_, index) => [`${index}.txt`, `content ${index}`])),
  };
  let ahead = 0;
  const site = await openDashboard({
    samples: false,
    shared: true,
    emulator: {
      now: () => Date.now() + ahead,
      fixtures: {
        kernels: Object.entries(outputs).map(([slug, output]) => ({ ...kernel, slug, title: slug.padEnd(5), output })),
      },
    },
  });
  // Fixtures are added with the first request.
  await site.client.whoAmI();
  const { versions } = site.emulator.state.kernels.get('alice/strange')!;
  const named = versions[0]!.files.map((file, index) => ({ ...file, name: strangeNames[index]! }));
  versions[0]!.files.splice(0, named.length, ...named);
  const requests: Request[] = [];
  site.context.on('request', (request) => requests.push(request));
  const dialog = site.page.getByRole('dialog');
  const list = (slug: string) => site.visit(`#/run/alice/${slug}/1`);
  return {
    ...site,
    files,
    advance(ms) {
      ahead += ms;
    },
    list,
    async preview(file) {
      await list('prices');
      await dialog.waitFor({ state: 'detached' });
      await site.visit(`#/run/alice/prices/1?file=${encodeURIComponent(file)}`);
      await dialog.getByRole('heading', { name: file.split('/').at(-1)! }).waitFor();
      await dialog.getByText(/, read .* in \d+ requests?/).waitFor();
      return dialog;
    },
    count() {
      const from = requests.length;
      const since = (part: string) => requests.slice(from).filter((request) => request.url().includes(part));
      return {
        listings: () => since('ListKernelSessionOutput').length + since('ListKernelFiles').length,
        async bytes() {
          const responses = await Promise.all(since('/kaggle/transfer/').map((request) => request.response()));
          return responses.reduce((sum, response) => sum + Number(response?.headers()['content-length'] ?? 0), 0);
        },
        elsewhere: () =>
          since('').flatMap((request) =>
            /^(?:data|blob|about):/.test(request.url()) || request.url().startsWith(site.url) ? [] : [request.url()],
          ),
      };
    },
  };
}
