import { expect, test } from 'vitest';
import { KaggleError, ValidationError } from '../../src/core/errors.ts';
import { warn } from '../../src/core/warn.ts';
import { createClient } from '../../src/node.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { logs } from '../../src/services/kernels/index.ts';

/** As a command line names options. */
const asFlag = (name: string, value = '') => `--${name} ${value}`.trim();

test('describe writes the message with other names for options, and redacts as the message does', () => {
  const error = new KaggleError((name) => `Bearer KGAT_secret was refused; pass ${name('retry', 'false')}`);
  expect(error.message).toBe('Bearer [redacted] was refused; pass retry: false');
  expect(error.describe(asFlag)).toBe('Bearer [redacted] was refused; pass --retry false');
  expect(new KaggleError('no option here').describe(asFlag)).toBe('no option here');
  expect(Object.keys(error)).not.toContain('describe');
});

test('errors of checked options name them structurally', () => {
  let error: unknown;
  try {
    createClient({ retry: -1 });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ValidationError);
  const { issues, message, describe } = error as ValidationError;
  expect(issues[0]!.path).toBe('retry');
  expect(issues[0]!.message).not.toContain('retry');
  expect(describe(asFlag)).toBe(message.replace('createClient', '--createClient').replace('retry', '--retry'));
});

test('errors of verbs name each option by its path', () => {
  const client = createClient({ platform: memoryPlatform(), token: 'KGAT_test' });
  const options = { follow: 5, reconnects: 1 } as object;
  const iterate = async () => {
    for await (const _ of logs(client, 'alice/my-job', options));
  };
  return iterate().then(
    () => expect.unreachable(),
    (error: ValidationError) => {
      expect(error.issues.map(({ path }) => path)).toEqual(expect.arrayContaining(['follow', 'reconnects']));
      expect(error.describe(asFlag)).toMatch(/^--kernels\.logs: .*--follow/);
    },
  );
});

test('a warning can be written with other names, too', () => {
  const seen: string[] = [];
  const onWarning = (message: string, describe: (name: typeof asFlag) => string) =>
    void seen.push(message, describe(asFlag));
  warn({ platform: memoryPlatform() }, { onWarning }, (name) => `${name('timeout')} is in seconds`);
  expect(seen).toEqual(['timeout is in seconds', '--timeout is in seconds']);
});
