import { useState } from 'preact/hooks';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';

/** A button that copies a text and says that it did. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      announce('Copied');
      setDone(true);
      setTimeout(() => setDone(false), 2000);
    } catch {
      announce('Cannot copy: the browser denied access to the clipboard');
    }
  };
  return <Button kind="quiet" icon={done ? 'check' : 'copy'} aria-label={label} onClick={copy} />;
}
