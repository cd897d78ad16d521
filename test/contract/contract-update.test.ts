import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Contract } from '../../scripts/contract/model.ts';
import { clientsFolder, missing } from '../interop/python/clients.ts';
import { skip } from '../skip.ts';
import { contract, node } from './codec-support.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-update-'));
const [copy, bin, temporary] = ['project', 'bin', 'tmp'].map((name) => join(folder, name)) as [string, string, string];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A fake Python: its pip installs a kagglesdk with the contract in `folder`. */
const stand = `#!/bin/sh
case "$*" in
  "-m extract") cat "${folder}/contract.json" ;;
  "-m record "*) cp "${root}"test/vectors/*.json "$3" ;;
esac
`;

function python(script: string): void {
  writeFileSync(join(bin, 'python3'), script);
  chmodSync(join(bin, 'python3'), 0o755);
}

/** Sets the contract of the newest kagglesdk. */
function publish(text: string): void {
  writeFileSync(join(folder, 'contract.json'), text);
}

function update(args: string[] = [], path = `${bin}${delimiter}${process.env.PATH}`) {
  const { status, stdout, stderr } = spawnSync(node, ['scripts/contract/update.ts', ...args], {
    cwd: copy,
    encoding: 'utf8',
    env: { PATH: path, TMPDIR: temporary },
  });
  expect(readdirSync(temporary).filter((name) => name.startsWith('kaggle-ts'))).toEqual([]);
  return { status, stdout, stderr: stderr.trim() };
}

/** The texts of all files that the command can write. */
function written(base: string): Record<string, string> {
  const places = ['contract', 'test/vectors', 'src/services'];
  const paths = places.flatMap((place) =>
    readdirSync(join(base, place), { recursive: true }).map((name) => `${place}/${name}`),
  );
  const files = paths.filter((path) => /kaggle-api|vectors\/\w+\.json$|generated\/\w+\.ts$/.test(path)).sort();
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(base, path), 'utf8')]));
}

/** The contract of an earlier kagglesdk, which lacks a method and an area, and has one more field. */
function earlier(): Contract {
  const old = structuredClone(contract);
  old.source = 'kagglesdk 0.0.1';
  delete old.services['kernels.KernelsApiService']?.CancelKernelSession;
  delete old.services['search.SearchApiService'];
  old.messages['kernels.ApiKernelMetadata']!.fields.push({ name: 'forgotten', type: 'string' });
  return old;
}

beforeEach(() => {
  rmSync(copy, { recursive: true, force: true });
  for (const place of ['scripts', 'contract', 'test/vectors', 'src/services']) {
    cpSync(join(root, place), join(copy, place), { recursive: true });
  }
  mkdirSync(bin, { recursive: true });
  mkdirSync(temporary, { recursive: true });
  python(stand);
  publish(written(root)['contract/kaggle-api.json']!);
});

describe('npm run contract:update', () => {
  it('updates contract, vectors and generated code to a newer kagglesdk, and changes nothing when repeated', () => {
    writeFileSync(join(copy, 'contract/kaggle-api.json'), JSON.stringify(earlier()));
    writeFileSync(join(copy, 'test/vectors/rpc.json'), '{}');
    rmSync(join(copy, 'src/services/search/generated'), { recursive: true });
    writeFileSync(join(copy, 'src/services/kernels/generated/stale.ts'), '');
    const first = update();
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout.split('\n')).toEqual(
      expect.arrayContaining([
        '  - field kernels.ApiKernelMetadata.forgotten',
        '  + method kernels.KernelsApiService/CancelKernelSession',
        '  kernels.KernelsApiService/CancelKernelSession: never retried, needs a credential, fails if errorMessage is set',
        '  contract/kaggle-api.json',
        '  test/vectors/rpc.json',
        '  src/services/search/generated/methods.ts',
        '  src/services/kernels/generated/stale.ts',
        expect.stringMatching(/^kernels: described 13 of 13 methods, /),
      ]),
    );
    expect(written(copy)).toEqual(written(root));
    expect(update()).toMatchObject({ status: 0, stdout: expect.stringContaining('all files are up to date') });
    expect(written(copy)).toEqual(written(root));
  });

  it('--dry-run prints the changes and writes nothing; its exit code is 1 if there are any', () => {
    expect(update(['--dry-run'])).toMatchObject({ status: 0, stdout: expect.stringContaining('no changes') });
    writeFileSync(join(copy, 'contract/kaggle-api.json'), JSON.stringify(earlier()));
    const before = written(copy);
    expect(update(['--dry-run'])).toMatchObject({ status: 1, stdout: expect.stringContaining('CancelKernelSession') });
    expect(written(copy)).toEqual(before);
  });

  it('writes nothing while a description has no counterpart in the new contract', () => {
    writeFileSync(join(copy, 'contract/kaggle-api.json'), JSON.stringify(earlier()));
    writeFileSync(join(copy, 'contract/descriptions/search.md'), '# search\n\n## ApiGone\n- field: Text.\n');
    const before = written(copy);
    expect(update()).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('contract/descriptions/search.md:3: the contract has no search.ApiGone'),
    });
    expect(written(copy)).toEqual(before);
  });

  it('writes nothing while the effect of a new method is unknown', () => {
    const newer = structuredClone(contract);
    newer.services['kernels.KernelsApiService']!.ArchiveKernel = {
      request: 'kernels.ApiGetKernelRequest',
      response: null,
    };
    publish(JSON.stringify(newer));
    const { status, stdout } = update();
    expect(status).toBe(1);
    expect(stdout).toContain('kernels.KernelsApiService/ArchiveKernel: unknown verb');
    expect(stdout).toContain('no files were written');
    expect(written(copy)).toEqual(written(root));
  });

  it('refuses an older kagglesdk unless --version names it', () => {
    publish(JSON.stringify(earlier()));
    expect(update()).toMatchObject({ status: 2, stderr: expect.stringContaining('0.0.1 is older than') });
    expect(update(['--version', '0.0.1', '--dry-run'])).toMatchObject({ status: 1, stderr: '' });
    expect(written(copy)).toEqual(written(root));
  });

  it.each([
    ['no Python', undefined, /^Python 3.9 or newer not found/],
    ['no pip', 'case "$*" in *pip*) exit 1 ;; esac', /^python3 has no pip/],
    [
      'no network',
      `case "$*" in *install*) echo "WARNING: Retrying (Retry(total=0)) after connection broken
ERROR: No matching distribution found for kagglesdk" >&2; exit 1 ;; esac`,
      /^pip cannot install kagglesdk: the package index cannot be reached$/,
    ],
    [
      'no such version',
      'case "$*" in *install*) echo "ERROR: No matching distribution found for kagglesdk" >&2; exit 1 ;; esac',
      /^pip cannot install kagglesdk: no such version/,
    ],
    [
      'a kagglesdk that cannot be read',
      'case "$*" in *extract*) echo "no kagglesdk" >&2; exit 2 ;; esac',
      /^no kagglesdk$/,
    ],
    [
      'a kagglesdk whose vectors cannot be recorded',
      `${stand}case "$*" in *record*) exit 3 ;; esac`,
      /^python exited with code 3/,
    ],
  ])('%s: prints why and writes nothing', (_, script, message) => {
    if (script) python(`#!/bin/sh\n${script}`);
    const { status, stderr } = update([], script ? undefined : join(folder, 'nowhere'));
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(message) });
    expect(written(copy)).toEqual(written(root));
  });

  it('refuses unknown options, and a folder without a kagglesdk', () => {
    expect(update(['--verison', '1'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--verison') });
    expect(update(['--from', temporary])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no kagglesdk in'),
    });
  });
});

describe('a real kagglesdk', () => {
  it('yields the contract and the vectors, byte for byte', (context) => {
    const reason = missing();
    if (reason) skip(context, reason);
    rmSync(join(bin, 'python3'));
    const { status, stdout, stderr } = update(['--from', clientsFolder!]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('no changes');
    expect(written(copy)).toEqual(written(root));
  });
});
