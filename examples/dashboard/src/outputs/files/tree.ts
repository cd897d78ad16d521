import { baseName } from './names.ts';

/** A row of the list: a folder or a file. */
export type TreeRow =
  | {
      readonly type: 'folder';
      readonly path: string;
      readonly name: string;
      readonly depth: number;
      readonly files: number;
    }
  | { readonly type: 'file'; readonly path: string; readonly name: string; readonly depth: number };

interface Folder {
  readonly path: string;
  readonly folders: Map<string, Folder>;
  readonly files: string[];
  count: number;
}

const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const compare = (a: string, b: string): number => order.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);

/** Deeper folders are shown as part of the name, so that hostile paths cannot exhaust the page. */
const deepest = 12;

/** A tree of files by their paths. */
export type FileTree = Folder;

/** Builds the tree. Any text is a valid path: `..` and empty segments are folders of that name. */
export function buildTree(paths: readonly string[]): FileTree {
  const root: Folder = { path: '', folders: new Map(), files: [], count: 0 };
  for (const path of paths) {
    let folder = root;
    let start = 0;
    root.count++;
    for (let depth = 0; depth < deepest; depth++) {
      const end = path.indexOf('/', start);
      if (end < 0 || end === path.length - 1) break;
      const name = path.slice(start, end);
      let next = folder.folders.get(name);
      if (!next) {
        next = { path: path.slice(0, end + 1), folders: new Map(), files: [], count: 0 };
        folder.folders.set(name, next);
      }
      next.count++;
      folder = next;
      start = end + 1;
    }
    folder.files.push(path);
  }
  return root;
}

/** Flattens the tree to rows, folders first. `isOpen` decides by the path of a folder, which ends with `/`. */
export function treeRows(tree: FileTree, isOpen: (path: string) => boolean): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (folder: Folder, depth: number): void => {
    for (const [name, inner] of [...folder.folders].sort(([a], [b]) => compare(a, b))) {
      rows.push({ type: 'folder', path: inner.path, name, depth, files: inner.count });
      if (isOpen(inner.path)) visit(inner, depth + 1);
    }
    const files = folder.files.map((path) => ({ path, name: path.slice(folder.path.length) || baseName(path) }));
    for (const { path, name } of files.sort((a, b) => compare(a.name, b.name))) {
      rows.push({ type: 'file', path, name, depth });
    }
  };
  visit(tree, 0);
  return rows;
}

/** Returns a filter for paths: all words must occur, in any case; `*.csv` matches the end of a path. */
export function createFilter(text: string): (path: string) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (path) => {
    const lower = path.toLowerCase();
    return words.every((word) => (word.startsWith('*') ? lower.endsWith(word.slice(1)) : lower.includes(word)));
  };
}
