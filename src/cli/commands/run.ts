import { readCode, readMetadata, readParams } from '../code.ts';
import { type Command, flag, number, text, texts, UsageError } from '../command.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';
import { runJob } from '../job.ts';
import { titleOf } from '../names.ts';
import { builtin } from '../node.ts';

export const run: Command = {
  positionals: ['PATH'],
  options: {
    ...connectOptions,
    slug: { type: 'string' },
    title: { type: 'string' },
    'allow-slug-mismatch': { type: 'boolean' },
    'allow-invalid-sources': { type: 'boolean' },
    entry: { type: 'string' },
    params: { type: 'string' },
    dataset: { type: 'string', multiple: true },
    competition: { type: 'string', multiple: true },
    kernel: { type: 'string', multiple: true },
    model: { type: 'string', multiple: true },
    gpu: { type: 'boolean' },
    machine: { type: 'string' },
    'wait-for-slot': { type: 'string' },
    ephemeral: { type: 'boolean' },
    'no-internet': { type: 'boolean' },
    public: { type: 'boolean' },
    out: { type: 'string' },
    timeout: { type: 'string' },
    cancel: { type: 'boolean' },
  },
  help: `
Pushes PATH (a script, a notebook, or a folder of modules) as a kernel, follows its log, waits for exactly this version,
and fetches its output. Where PATH is a kernel-metadata.json, or a folder with one, its settings count unless an option
says otherwise, and only its code_file is sent (with --entry: the folder without its metadata).

  --slug NAME        the kernel: "my-job" or "owner/my-job"; needed without a kernel-metadata.json
  --title TEXT       its title, which has to resolve to the slug; default: the slug with spaces
  --allow-slug-mismatch    push though the title resolves to another slug
  --entry NAME       which file of a folder runs; default main.py, train.py or the only one
  --params JSON      parameters, or @FILE: from kaggle_params import params
  --dataset REF      a dataset that it reads, "owner/slug"; also --competition, --kernel, --model; any number of times
  --allow-invalid-sources  go on without the sources and tags that Kaggle does not accept
  --gpu              on NvidiaTeslaT4, a machine with two GPUs; --machine NAME chooses another, for example TpuV5E8
  --wait-for-slot S  seconds to wait when all sessions of the account are taken; default 0
  --ephemeral        run in a kernel of its own and delete it afterwards, which also stops it
  --no-internet      without internet
  --public           not private
  --out DIR          where the output files go; default: a folder named like the kernel
  --timeout S        seconds to wait; default no limit
  --cancel           cancel the run on Ctrl-C; scripts only, a notebook has to be deleted (kaggle-ts cancel KERNEL
                     --delete). Default: the kernel keeps running, and how to come back to it is printed
${connectHelp}`,
  examples: [
    'kaggle-ts run train.py --slug my-training --gpu --dataset alice/trips --out results',
    'kaggle-ts run ./job --slug alice/my-training --entry main.py --params @params.json',
  ],
  async run({ values, positionals, terminal, signal }) {
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError('expected one path, of a script or a folder');
    const entry = text(values, 'entry');
    const metadata = entry === undefined ? await readMetadata(path) : undefined;
    const slug = text(values, 'slug') ?? metadata?.slug;
    if (slug === undefined && metadata?.id === undefined)
      throw new UsageError('--slug is needed: the name of the kernel');
    const name = slug?.split('/').at(-1);
    const code = { ...(metadata ?? (await readCode(path, entry))), ...(await readParams(text(values, 'params'))) };
    const out = builtin('node:path').resolve(text(values, 'out') ?? name ?? 'output');
    const sources = (option: string, given: readonly string[] | undefined) => {
      const more = texts(values, option);
      return more.length > 0 ? more : (given ?? []);
    };
    const request = {
      ...code,
      ...(slug !== undefined && { slug }),
      newTitle: text(values, 'title') ?? metadata?.newTitle ?? (name && titleOf(name)),
      isPrivate: flag(values, 'public') ? false : (metadata?.isPrivate ?? true),
      enableInternet: flag(values, 'no-internet') ? false : (metadata?.enableInternet ?? true),
      allowSlugMismatch: flag(values, 'allow-slug-mismatch'),
      allowInvalidSources: flag(values, 'allow-invalid-sources'),
      machineShape: text(values, 'machine') ?? (flag(values, 'gpu') ? 'NvidiaTeslaT4' : metadata?.machineShape),
      datasetDataSources: sources('dataset', metadata?.datasetDataSources),
      competitionDataSources: sources('competition', metadata?.competitionDataSources),
      kernelDataSources: sources('kernel', metadata?.kernelDataSources),
      modelDataSources: sources('model', metadata?.modelDataSources),
      output: out,
    };
    const timeout = number(values, 'timeout', 1_000_000);
    const options = {
      signal,
      timeout,
      waitForSlot: number(values, 'wait-for-slot', 1_000_000),
      ephemeral: flag(values, 'ephemeral'),
      cancelOnAbort: flag(values, 'cancel'),
    };
    const result = await runJob(connect(values, terminal), request, terminal, options);
    if (!result) return 1;
    terminal.print(`${result.url}`);
    terminal.print(`The output is in ${out}`);
    return 0;
  },
};
