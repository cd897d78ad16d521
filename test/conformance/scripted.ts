/** What a kernel prints and leaves, at exact times and without an interpreter: for cases that are about the client alone. */
export interface Scripted {
  /** Milliseconds before it, the stream, and the text. */
  lines?: readonly (readonly [pause: number, stream: 'stdout' | 'stderr', data: string])[];
  /** What it fails with. */
  failure?: string;
  files?: Readonly<Record<string, string>>;
}

const mark = '# scripted: ';

/** The text of such a kernel. */
export function scriptOf(scripted: Scripted): string {
  return `${mark}${JSON.stringify(scripted)}\n`;
}

/** What the text of a kernel, or a file in it, says; `undefined` for one that is to be run by Python. */
export function scriptIn(text: string): Scripted | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(mark));
  if (line) return JSON.parse(line.slice(mark.length));
  const file = /^ +"[^"]*": ("(?:[^"\\]|\\.)*# scripted: (?:[^"\\]|\\.)*")\.encode/m.exec(text);
  return file ? scriptIn(JSON.parse(file[1]!)) : undefined;
}
