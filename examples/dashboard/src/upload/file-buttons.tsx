import { useRef } from 'preact/hooks';
import { Button } from '../ui/button.tsx';

interface Props {
  onFiles: (files: readonly File[]) => void;
  disabled?: boolean;
}

/** Buttons to choose files or a folder. */
export function FileButtons({ onFiles, disabled }: Props) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    const chosen = [...(input.files ?? [])];
    // The same files can be chosen again.
    input.value = '';
    if (chosen.length > 0) onFiles(chosen);
  };
  return (
    <div class="file-buttons">
      <Button icon="file" disabled={disabled} onClick={() => files.current?.click()}>
        Add files
      </Button>
      <Button icon="folder" disabled={disabled} onClick={() => folder.current?.click()}>
        Add a folder
      </Button>
      <input ref={files} type="file" multiple hidden onChange={(event) => take(event.currentTarget)} />
      <input
        ref={folder}
        type="file"
        {...{ webkitdirectory: true }}
        hidden
        onChange={(event) => take(event.currentTarget)}
      />
    </div>
  );
}
