/** A file as a request describes it, and its full name. */
export interface PlacedFile<File> {
  /** With `/` between folders. */
  readonly name: string;
  readonly file: File;
}

interface Directory<File> {
  files: File[];
  directories: Map<string, Directory<File>>;
}

/** Files in folders, as both calls take them. */
export interface FileTree<File> {
  files: File[];
  directories: (FileTree<File> & { name: string })[];
}

function render<File>({ files, directories }: Directory<File>): FileTree<File> {
  return {
    files,
    directories: [...directories].map(([name, directory]) => ({ name, ...render(directory) })),
  };
}

/** Builds the tree that create calls take: top-level files in `files`, others in their folders, in order. */
export function placeFiles<File>(placed: readonly PlacedFile<File>[]): FileTree<File> {
  const root: Directory<File> = { files: [], directories: new Map() };
  for (const { name, file } of placed) {
    let at = root;
    for (const folder of name.split('/').slice(0, -1)) {
      let next = at.directories.get(folder);
      if (!next) {
        next = { files: [], directories: new Map() };
        at.directories.set(folder, next);
      }
      at = next;
    }
    at.files.push(file);
  }
  return render(root);
}
