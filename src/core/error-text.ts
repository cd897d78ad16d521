/**
 * Writes the name of an option or a verb into a message: `retry`, or with a value `retry: false`. A command line writes its
 * own: `--retry`.
 */
export type NameOption = (name: string, value?: string) => string;

/** The text of a message. One that mentions options or verbs is a function, so that a caller can name them differently. */
export type ErrorText = string | ((name: NameOption) => string);

const nameInCode: NameOption = (name, value) => (value === undefined ? name : `${name}: ${value}`);

/** The message, with the names of the library unless `name` gives others. */
export function writeText(text: ErrorText, name: NameOption = nameInCode): string {
  return typeof text === 'function' ? text(name) : text;
}
