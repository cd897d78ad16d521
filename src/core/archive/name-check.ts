import { ValidationError } from '../errors.ts';
import { checkNames, foldName } from '../transfer/names.ts';

/** Takes names one after the other; throws `ValidationError` for one that is bad, or at odds with those before it. */
export type NameCheck = (name: string, isDirectory: boolean) => void;

const show = (name: string): string => JSON.stringify(name);

/** `checkNames` for names that come one by one: the rules are the same. A folder may be named several times. */
export function createNameCheck(): NameCheck {
  const files = new Map<string, string>();
  const folders = new Set<string>();
  const refuse = (message: string): never => {
    throw new ValidationError(message);
  };
  return (name, isDirectory) => {
    checkNames([name]);
    const key = foldName(name);
    const other = files.get(key);
    if (other === name && !isDirectory) refuse(`the file name ${show(name)} is given twice`);
    if (other !== undefined) refuse(`the file names ${show(other)} and ${show(name)} are the same on many systems`);
    if (folders.has(key) && !isDirectory) refuse(`${show(name)} is a file, and another name needs a folder there`);
    const parts = key.split('/');
    for (let length = 1; length < parts.length; length++) {
      const above = parts.slice(0, length).join('/');
      const file = files.get(above);
      if (file !== undefined) refuse(`${show(file)} is a file, and ${show(name)} needs a folder there`);
      folders.add(above);
    }
    if (isDirectory) folders.add(key);
    else files.set(key, name);
  };
}
