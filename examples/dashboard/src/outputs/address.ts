import { navigate, route } from '../app/route.ts';

/** The file whose preview is open, from the address: `#/run/alice/train/3?file=plots%2Floss.png`. */
export function openFile(): string | undefined {
  return route.value.query.get('file') ?? undefined;
}

/** The current address with another file, or without one. Other parts of the query stay. */
export function addressOf(file: string | undefined): string {
  const { path, query } = route.value;
  const changed = new URLSearchParams(query);
  if (file === undefined) changed.delete('file');
  else changed.set('file', file);
  return changed.size > 0 ? `${path}?${changed}` : path;
}

/** The preview was opened from the list: closing it goes back, so that the history does not grow. */
let openedHere = false;

/** Opens the preview of a file. From another preview, it replaces that in the history. */
export function showFile(file: string): void {
  if (openFile() === undefined) openedHere = true;
  navigate(addressOf(file), { replace: openFile() !== undefined });
}

/** Closes the preview. */
export function closeFile(): void {
  if (openedHere) history.back();
  else navigate(addressOf(undefined), { replace: true });
  openedHere = false;
}
