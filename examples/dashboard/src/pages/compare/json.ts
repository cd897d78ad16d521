/**
 * Parses JSON as Python writes it: `json.dump` writes `NaN`, `Infinity` and `-Infinity`, which JSON does not have. They become
 * `null`. Throws `SyntaxError`.
 */
export function parseJson(text: string): unknown {
  const plain = text.replace(/^\ufeff/, '');
  try {
    return JSON.parse(plain);
  } catch (error) {
    const replaced = plain.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
      found.startsWith('"') ? found : 'null',
    );
    if (replaced === plain) throw error;
    return JSON.parse(replaced);
  }
}

/** Parses JSON Lines. A last line that was cut off, as a run that was stopped leaves it, is left out. */
export function parseJsonLines(text: string): unknown[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.flatMap((line, index) => {
    try {
      return [parseJson(line)];
    } catch (error) {
      if (index > 0 && index === lines.length - 1) return [];
      throw new SyntaxError(`line ${index + 1} is not JSON: ${(error as Error).message}`);
    }
  });
}
