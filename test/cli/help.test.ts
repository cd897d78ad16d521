import { expect, test } from 'vitest';
import { entries } from '../../src/cli/commands.ts';
import { version } from '../../src/core/rpc/version.ts';
import { cli, here } from './start.ts';

test('the overview names every command, and --version the version', async () => {
  const { code, stdout } = await cli(['help']);
  expect(code).toBe(0);
  for (const args of [[], ['--help'], ['-h'], ['help', '--help']]) expect((await here(args)).stdout).toBe(stdout);
  const said = stdout.replace(/\s+/g, ' ');
  for (const { name, summary } of entries) expect(said).toContain(` ${name} ${summary} `);
  expect(stdout).toContain('unofficial');
  expect((await cli(['--version'])).stdout).toBe(`${version}\n`);
});

test('help of a first word lists its commands', async () => {
  for (const args of [
    ['check', '--help'],
    ['help', 'check'],
  ]) {
    const { code, stdout } = await here(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: kaggle-ts check COMMAND/);
    for (const name of ['live', 'upload', 'push', 'all']) expect(stdout).toContain(`\n  check ${name}  `);
    expect(stdout).not.toContain('\n  run ');
  }
});

test.each(entries.map(({ name }) => name))('help of %s explains each of its options', async (name) => {
  const entry = entries.find((candidate) => candidate.name === name)!;
  const command = await entry.load();
  const { code, stdout } = await here([...name.split(' '), '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: kaggle-ts ${name}`));
  const said = stdout.replace(/\s+/g, ' ');
  for (const [option, config] of Object.entries(command.options)) {
    const value = config.type === 'string' ? ` ${config.value}` : '';
    expect(said).toContain(` --${option}${value} ${config.help.replace(/\s+/g, ' ')} `);
  }
  for (const argument of command.positionals ?? []) expect(said).toContain(` ${argument.name} ${argument.help} `);
  for (const code of [0, 1, 2, 130]) expect(stdout).toMatch(new RegExp(`^ {2}${code} +[A-Z]`, 'm'));
  const examples = stdout.split('Examples:\n')[1]!.trimEnd().split('\n');
  for (const line of examples) expect(line).toMatch(new RegExp(`^  (?:\\w+=\\S+ )?kaggle-ts ${name}(?: |$)`));
  // An example that names an option that does not exist helps nobody.
  for (const [option] of examples.join(' ').matchAll(/(?<=--)[a-z-]+/g)) {
    expect(Object.keys(command.options)).toContain(option);
  }
  for (const line of stdout.split('\nExamples:')[0]!.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test.each([
  [['nothing'], 'kaggle-ts: unknown command "nothing"\nRun "kaggle-ts --help" for usage.'],
  [['rum'], 'unknown command "rum"; did you mean "run"?'],
  [['check', 'pus'], 'unknown command "check pus"; did you mean "check push"?'],
  [['check'], 'missing subcommand: expected "check live", "check upload", "check push", "check all"'],
  [['check', 'nothing'], 'unknown command "check nothing"'],
  [['run', 'x', '--waitForSlot', '3'], 'unknown option --waitForSlot; did you mean --wait-for-slot?'],
  [['emulator', '--prot', '3'], 'unknown option --prot; did you mean --port?'],
  [['run', 'x', '--wxyzwxyz'], 'kaggle-ts run: unknown option --wxyzwxyz\nRun "kaggle-ts run --help" for usage.'],
  [['whoami', '-x'], 'unknown option -x\n'],
  [['run', 'x', '--slug'], 'missing value for --slug\n'],
  [['run', 'x', '--slug='], 'missing value for --slug\n'],
  [['run', 'x', '--slug', '--gpu'], 'missing value for --slug; for a value that starts with "-", write --slug=VALUE'],
  [['logs', 'a/b', '--follow=yes'], '--follow does not take a value'],
  [['whoami', 'extra'], 'unexpected argument "extra"'],
  [['run'], 'missing argument PATH'],
  [['run', 'a.py', 'b.py'], 'unexpected argument "b.py"'],
  [['status'], 'missing argument KERNEL'],
  [['run', 'package.json', '--slug', 'some-slug'], 'not a supported script type'],
  [['run', 'missing.py', '--slug', 'some-slug'], 'no such file or folder: "missing.py"'],
  [['run', 'examples/kernel/train.py'], 'missing --slug: name the kernel, for example --slug my-job'],
  [['run', 'examples/kernel/train.py', '--slug', 'a-job', '--entry', 'x.py'], '--entry requires a folder'],
  [['run', 'src', '--slug', 'some-slug'], 'cannot choose a file to run in "src"'],
  [
    ['run', 'examples/kernel/train.py', '--slug', 'a-job', '--params', '{'],
    '--params: expected JSON or @FILE, got "{"',
  ],
  [['run', 'examples/kernel/train.py', '--slug', 'a-job', '--params', '@no.json'], '--params: cannot read "no.json"'],
  [['run', 'examples/kernel/train.py', '--slug', 'a-job', '--timeout', '1h'], '--timeout: expected a whole number'],
  [['cancel', 'a/b', '--session', 'abc'], '--session: expected a number, got "abc"'],
  [['output', 'a/b', '--pattern', '['], '--pattern: expected a glob such as "*.csv" or a regular expression'],
  [['demo', '--data', 'missing-folder'], '/missing-folder"'],
  [['emulator', '--port', '70000'], '--port: expected a whole number from 0 to 65535, got "70000"'],
  [['list', '--limit', '0'], '--limit: expected a whole number from 1 to 1000000, got "0"'],
  [['cancel', 'a/b', '--session', '5', '--delete'], 'cannot combine --session with --delete'],
  [['run', 'x.py', '--gpu', '--machine', 'TpuV5E8'], 'cannot combine --gpu with --machine TpuV5E8; pass one of them'],
  [['emulator', '--packages', 'no-wheels'], '--packages: expected a folder of wheels, got "no-wheels"'],
  [['emulator', '--mounts', 'maybe'], '--mounts: expected one of owner, both, legacy, got "maybe"'],
])('usage error: %j', async (args, said) => {
  const { code, stderr, stdout } = await here(args);
  expect(stderr).toContain(said);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test.each([
  [['whoami', '--endpoint', 'x'], {}, '--endpoint: expected an http:// or https:// URL, got "x"'],
  [['whoami'], { KAGGLE_ENDPOINT: 'x' }, 'KAGGLE_ENDPOINT: expected an http:// or https:// URL, got "x"'],
  [
    ['emulator', '--port', '0', '--allow-origin', 'x'],
    {},
    '--allow-origin: expected an origin, such as http://localhost:5173, got "x"',
  ],
  [['emulator', '--port', '0', '--fixtures', 'none'], {}, '--fixtures: no such folder: "none"'],
  [['run', 'examples/kernel/train.py', '--slug', 'a b'], {}, 'kaggle-ts run: --slug: expected "owner/slug"'],
  [['check', 'live'], { KAGGLE_ENDPOINT: 'http://127.0.0.1:9' }, 'no credential found; set KAGGLE_API_TOKEN'],
])('an invalid value is named by where it came from: %j %j', async (args, environment, said) => {
  const { code, stdout, stderr } = await cli(args, environment);
  expect(stdout + stderr).toContain(said);
  expect(stdout + stderr).not.toMatch(/createClient|introspect|serveEmulator/);
  expect(code).toBe(1);
});

test('without a credential the error lists the ways to pass one', async () => {
  const { code, stderr } = await cli(['whoami'], { KAGGLE_ENDPOINT: 'http://127.0.0.1:9' });
  expect(stderr).toContain('KAGGLE_API_TOKEN');
  expect(code).toBe(1);
});
