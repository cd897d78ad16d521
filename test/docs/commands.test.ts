import { expect, test } from 'vitest';
import { documents, snippets } from './documents.ts';
import { commandsIn, problemOf, scriptsFor } from './shell.ts';

/** The problems of all commands in a text of the document at `path`. */
async function problemsOf(code: string, path = ''): Promise<string[]> {
  const scripts = scriptsFor(path);
  const problems = await Promise.all(commandsIn(code).map((command) => problemOf(command, scripts)));
  return problems.filter((problem) => problem !== undefined);
}

test('the commands of documents exist, with their options', async () => {
  const problems: string[] = [];
  let checked = 0;
  const shell = snippets.filter(({ language }) => /^(?:sh|bash|shell|console|powershell)$/.test(language));
  const inline = [...documents].flatMap(([path, { spans }]) =>
    spans
      .filter(({ code }) => /^(?:\w+=\S+ )*(?:npx|npm|kaggle-ts) \w/.test(code))
      .map(({ code, line }) => ({ code, place: `${path}:${line}`, isInline: true })),
  );
  for (const { code, place, ...rest } of [...shell, ...inline]) {
    checked += 1;
    for (const problem of await problemsOf(code, place)) {
      // Text may name an option without its value.
      if (!('isInline' in rest && / argument missing$/.test(problem))) problems.push(`${place}: ${problem}`);
    }
  }
  expect(checked).toBeGreaterThan(50);
  expect(problems).toEqual([]);
});

test('the JSON of documents parses', () => {
  const json = snippets.filter(({ language }) => language === 'json');
  expect(json.length).toBeGreaterThan(0);
  for (const { code, place } of json) expect(() => JSON.parse(code), place).not.toThrow();
});

test.each([
  ['kaggle-ts run ./job --slug x --gpu # --no-such', []],
  ['A=1 kaggle-ts runn ./job', ['there is no command "runn"']],
  ['npx -p pyodide -p kaggle-ts kaggle-ts demo --nothing', [expect.stringContaining('--nothing')]],
  ['cd x && npm run nothing', ['package.json has no script "nothing"']],
  ['npm start', ['package.json has no script "start"']],
  ['npm run demo -- --data ./a \\\n  --nothing x', [expect.stringContaining('--nothing')]],
  [
    'npm run demo -- --data "./a && b" --script <file>\nkaggle-ts check live; kaggle-ts check none',
    ['there is no command "check"'],
  ],
  ['kaggle-ts list a b', [expect.stringMatching(/takes \d arguments, got 2/)]],
  ['kaggle kernels none', []],
])('%s', async (code, problems) => {
  expect(await problemsOf(code)).toEqual(problems);
});
