import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Files } from '../conformance/context.ts';

async function walk(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) names.push(...(await walk(path)));
    else names.push(path);
  }
  return names;
}

/** Files on disk, below `scratch`: for Node, Deno and Bun, whose platforms take paths. */
export function diskFiles(scratch: string): Files {
  const fresh = () => mkdtemp(join(scratch, 'place-'));
  return {
    async place(files) {
      const folder = await fresh();
      for (const [name, data] of Object.entries(files)) {
        const path = join(folder, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, data);
      }
      return [folder];
    },
    async open() {
      const folder = await fresh();
      return {
        target: folder,
        async list() {
          return (await walk(folder)).map((path) => relative(folder, path).split(sep).join('/')).sort();
        },
        async read(name) {
          return new Uint8Array(await readFile(join(folder, name)));
        },
      };
    },
  };
}
