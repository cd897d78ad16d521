import type { ApiDatasetNewFile, ApiUploadDirectoryInfo } from './generated/index.ts';

/** An uploaded file with the name that it has in the dataset. */
export interface PlacedFile {
  /** With `/` between folders. */
  name: string;
  file: ApiDatasetNewFile;
}

interface Directory {
  files: ApiDatasetNewFile[];
  directories: Map<string, Directory>;
}

function render({ files, directories }: Directory): {
  files: ApiDatasetNewFile[];
  directories: ApiUploadDirectoryInfo[];
} {
  return {
    files,
    directories: [...directories].map(([name, directory]) => ({ name, ...render(directory) })),
  };
}

/** Puts files into the tree that create calls take: those at the top in `files`, others under their folders, in order. */
export function placeFiles(placed: readonly PlacedFile[]): {
  files: ApiDatasetNewFile[];
  directories: ApiUploadDirectoryInfo[];
} {
  const root: Directory = { files: [], directories: new Map() };
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
