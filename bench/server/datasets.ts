import { takeUpload, type Upload } from './uploads.ts';

/** What was made of uploads, by `owner/slug`; the name of each file with the folders above it. */
const made = new Map<string, Upload[]>();

interface Content {
  files?: { token?: string }[];
  directories?: (Content & { name?: string })[];
}

function tokens({ files = [], directories = [] }: Content, folder = ''): [token: string, folder: string][] {
  return [
    ...files.map(({ token = '' }): [string, string] => [token, folder]),
    ...directories.flatMap((inner) => tokens(inner, `${folder}${inner.name}/`)),
  ];
}

/** Makes a dataset of the uploads that a create call names, or says what is wrong with them. */
export function makeDataset(ref: string, content: Content): string | undefined {
  const files: Upload[] = [];
  for (const [token, folder] of tokens(content)) {
    const upload = takeUpload(token);
    if (!upload) return `the upload ${token} is not complete`;
    files.push({ ...upload, name: folder + upload.name });
  }
  made.set(ref, files);
  return undefined;
}

export function filesOf(ref: string): Upload[] | undefined {
  return made.get(ref);
}
