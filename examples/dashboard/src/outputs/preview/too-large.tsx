import { Button } from '../../ui/button.tsx';
import { size as formatSize } from '../../ui/size.ts';

/** Says that a file is too large to be shown at once, and offers to read it all the same, up to a limit. */
export function TooLarge({
  size,
  limit,
  what,
  onRead,
}: {
  size: number;
  limit: number;
  what: string;
  onRead?: () => void;
}) {
  return (
    <div class="preview-note">
      <p>
        {onRead
          ? `This ${what} has ${formatSize(size)}. The preview reads all of it.`
          : `This ${what} has ${formatSize(size)}, and previews read at most ${formatSize(limit)}. Download the file to open it.`}
      </p>
      {onRead && <Button onClick={onRead}>Read {formatSize(size)}</Button>}
    </div>
  );
}
