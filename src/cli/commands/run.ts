import { entryOption, paramsOption, readCode, readMetadata, readParams } from '../code.ts';
import { type Command, flag, number, text, texts, UsageError } from '../command.ts';
import { connect, connectOptions } from '../connect.ts';
import { runJob } from '../job.ts';
import { titleOf } from '../names.ts';
import { builtin } from '../node.ts';

export const run: Command = {
  positionals: [
    { name: 'PATH', help: 'Script, notebook, or folder of modules; or a kernel-metadata.json, or a folder with one' },
  ],
  options: {
    slug: {
      type: 'string',
      value: 'NAME',
      help: 'Kernel to push to, "my-job" or "owner/my-job"; required without a kernel-metadata.json',
    },
    title: {
      type: 'string',
      value: 'TEXT',
      help: 'Title of the kernel, which must resolve to the slug (default: the slug with spaces)',
    },
    'allow-slug-mismatch': { type: 'boolean', help: 'Push even if the title resolves to another slug' },
    entry: entryOption,
    params: paramsOption,
    dataset: {
      type: 'string',
      value: 'REF',
      multiple: true,
      help: 'Dataset to mount, "owner/slug" or "owner/slug/version" (repeatable)',
    },
    competition: {
      type: 'string',
      value: 'SLUG',
      multiple: true,
      help: 'Competition whose data to mount (repeatable)',
    },
    kernel: {
      type: 'string',
      value: 'REF',
      multiple: true,
      help: 'Kernel whose output to mount, "owner/slug" (repeatable)',
    },
    model: {
      type: 'string',
      value: 'REF',
      multiple: true,
      help: 'Model to mount, "owner/model/framework/variation" (repeatable)',
    },
    'allow-invalid-sources': {
      type: 'boolean',
      help: 'Continue without the sources and tags that Kaggle does not accept',
    },
    gpu: { type: 'boolean', help: 'Run on NvidiaTeslaT4, a machine with two T4 GPUs' },
    machine: {
      type: 'string',
      value: 'NAME',
      help: 'Machine to run on, such as NvidiaTeslaT4 or TpuV5E8 (default: a CPU)',
    },
    'no-internet': { type: 'boolean', help: 'Run without internet access' },
    public: { type: 'boolean', help: 'Make the kernel public (default: private)' },
    'wait-for-slot': {
      type: 'string',
      value: 'SECONDS',
      help: 'Maximum time to wait for a free slot if the account runs too many sessions (default: 0)',
    },
    out: {
      type: 'string',
      value: 'DIR',
      help: 'Folder for the output files (default: a folder named after the kernel)',
    },
    timeout: {
      type: 'string',
      value: 'SECONDS',
      help: 'Maximum time to wait for the run, which itself continues (default: no limit)',
    },
    cancel: {
      type: 'boolean',
      help: 'Cancel the run on Ctrl-C; Python scripts only (default: the run continues)',
    },
    ephemeral: {
      type: 'boolean',
      help: 'Run in a new kernel with a random suffix and delete it afterwards, even after a failure or Ctrl-C',
    },
    ...connectOptions,
  },
  help: `
Push code as a kernel, print its log while it runs, wait for the pushed version to finish, and download its output.

With a kernel-metadata.json, its settings apply unless an option overrides them, and only its code_file is pushed. With --entry,
the metadata file is ignored and the whole folder is pushed.

After Ctrl-C the run continues on Kaggle, and the commands to follow or cancel it are printed; see --cancel and --ephemeral.`,
  exitCodes: {
    0: 'The run completed and its output was downloaded',
    1: 'The run failed or was canceled, or the command failed',
  },
  examples: [
    'kaggle-ts run train.py --slug my-training --gpu --dataset alice/trips --out results',
    'kaggle-ts run ./job --slug alice/my-training --entry main.py --params @params.json',
  ],
  async run({ values, positionals, terminal, signal }) {
    const path = positionals[0]!;
    const machine = text(values, 'machine');
    if (flag(values, 'gpu') && /^tpu/i.test(machine ?? ''))
      throw new UsageError(`cannot combine --gpu with --machine ${machine}; pass one of them`);
    const entry = text(values, 'entry');
    const metadata = entry === undefined ? await readMetadata(path) : undefined;
    const slug = text(values, 'slug') ?? metadata?.slug;
    if (slug === undefined && metadata?.id === undefined)
      throw new UsageError('missing --slug: name the kernel, for example --slug my-job');
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
      newTitle:
        text(values, 'title') ?? metadata?.newTitle ?? (name && /^.{5,50}$/.test(name) ? titleOf(name) : undefined),
      isPrivate: flag(values, 'public') ? false : (metadata?.isPrivate ?? true),
      enableInternet: flag(values, 'no-internet') ? false : (metadata?.enableInternet ?? true),
      allowSlugMismatch: flag(values, 'allow-slug-mismatch'),
      allowInvalidSources: flag(values, 'allow-invalid-sources'),
      machineShape: machine ?? (flag(values, 'gpu') ? 'NvidiaTeslaT4' : metadata?.machineShape),
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
    terminal.print(`Output saved to ${out}`);
    return 0;
  },
};
