import { expect, test } from 'vitest';
import { entries } from '../../src/cli/commands.ts';
import { version } from '../../src/core/rpc/version.ts';
import { cli } from './start.ts';

test('the overview names every command, and --version the version', async () => {
  const { code, stdout } = await cli(['help']);
  expect(code).toBe(0);
  const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/, '  '));
  for (const { name, summary } of entries) expect(lines).toContain(`${name}  ${summary}`);
  expect(stdout).toContain('unofficial');
  expect((await cli(['--version'])).stdout).toBe(`${version}\n`);
});

test.each(entries.map(({ name }) => name))('help of %s explains each of its options', async (name) => {
  const entry = entries.find((candidate) => candidate.name === name)!;
  const command = await entry.load();
  const { code, stdout } = await cli([...name.split(' '), '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: kaggle-ts ${name}`));
  for (const option of Object.keys(command.options)) expect(stdout).toContain(`--${option}`);
  const examples = stdout.split('Examples:\n')[1]!.trimEnd().split('\n');
  for (const line of examples) expect(line).toMatch(new RegExp(`^  (?:\\w+=\\S+ )?kaggle-ts ${name}(?: |$)`));
  // An example that names an option that does not exist helps nobody.
  for (const [option] of examples.join(' ').matchAll(/(?<=--)[a-z-]+/g)) {
    expect(Object.keys(command.options)).toContain(option);
  }
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
});

test.each([
  [['nothing'], 'there is no command "nothing"'],
  [['rum'], 'there is no command "rum"; did you mean "run"?'],
  [['check', 'pus'], 'there is no command "check pus"; did you mean "check push"?'],
  [['run', 'x', '--waitForSlot', '3'], '--waitForSlot: no such option; did you mean --wait-for-slot?'],
  [['emulator', '--prot', '3'], '--prot: no such option; did you mean --port?'],
  [['run', 'x', '--wxyzwxyz'], '--wxyzwxyz: no such option; expected one of --endpoint, '],
  [['check'], '"check live"'],
  [['check', 'nothing'], 'there is no command "check nothing"'],
  [['whoami', '--nothing'], '--nothing'],
  [['whoami', 'extra'], 'extra'],
  [['run'], 'expected one path'],
  [['run', 'package.json', '--slug', 'some-slug'], 'not a supported script type'],
  [['run', 'missing.py', '--slug', 'some-slug'], 'missing.py'],
  [['demo', '--data', 'missing-folder'], 'missing-folder'],
  [['emulator', '--port', '70000'], '--port'],
  [['emulator', '--mounts', 'maybe'], 'owner, both, legacy'],
])('usage error: %j', async (args, said) => {
  const { code, stderr, stdout } = await cli(args);
  expect(stderr).toContain(said);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test('no credential: the three ways to give one, and nothing is sent', async () => {
  const { code, stderr } = await cli(['whoami'], { KAGGLE_ENDPOINT: 'http://127.0.0.1:9' });
  expect(stderr).toContain('KAGGLE_API_TOKEN');
  expect(code).toBe(1);
});
