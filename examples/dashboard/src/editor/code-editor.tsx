import { useEffect, useRef, useState } from 'preact/hooks';
import type { CodeMirror, EditorSettings } from './codemirror.ts';
import './editor.css';

export interface CodeEditorProps {
  id: string;
  value: string;
  /** `python` is highlighted, others are plain text. */
  language: string;
  label: string;
  /** How to leave the editor, and the like, for screen readers. */
  description: string;
  invalid?: boolean;
  readOnly?: boolean;
  onChange: (value: string) => void;
}

/**
 * A code editor. Until its code is loaded, and if it cannot be loaded, a text area takes its place; text, focus and selection move to
 * the editor.
 */
export function CodeEditor(props: CodeEditorProps) {
  const { id, value, language, label, description, invalid = false, readOnly = false } = props;
  const host = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const latest = useRef(props);
  latest.current = props;
  /** Texts that the editor passed on, and that have not come back as `value` yet: it may be ahead of them by then. */
  const typed = useRef<string[]>([]);
  const [editor, setEditor] = useState<CodeMirror>();

  useEffect(() => {
    let made: CodeMirror | undefined;
    let gone = false;
    import('./codemirror.ts').then(
      ({ createCodeMirror }) => {
        if (gone || !host.current) return;
        const { value, onChange: _, ...rest } = latest.current;
        const settings: EditorSettings = { invalid: false, readOnly: false, ...rest };
        // `focus()` of the host, as by a link to the field, focuses the editor.
        const root = host.current.attachShadow({ mode: 'open', delegatesFocus: true });
        made = createCodeMirror(root, value, settings, (text) => {
          typed.current.push(text);
          latest.current.onChange(text);
        });
        const text = area.current;
        if (text && document.activeElement === text) {
          host.current.hidden = false;
          made.focus({ from: text.selectionStart, to: text.selectionEnd });
        }
        setEditor(made);
      },
      (error: unknown) => console.warn('the code editor cannot be loaded; using a text area', error),
    );
    return () => {
      gone = true;
      made?.destroy();
    };
  }, []);

  useEffect(() => {
    editor?.configure({ language, label, description, invalid, readOnly });
  }, [editor, language, label, description, invalid, readOnly]);
  useEffect(() => {
    const at = typed.current.lastIndexOf(value);
    typed.current = typed.current.slice(at + 1);
    if (at >= 0) return;
    typed.current = [];
    editor?.setText(value);
  }, [editor, value]);

  return (
    <div class="editor" data-invalid={invalid || undefined}>
      {!editor && (
        <textarea
          ref={area}
          id={id}
          class="editor-area"
          aria-label={label}
          aria-invalid={invalid || undefined}
          readOnly={readOnly}
          spellcheck={false}
          autocapitalize="off"
          wrap="off"
          value={value}
          onInput={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
      <div ref={host} id={editor ? id : undefined} class="editor-host" hidden={!editor} />
    </div>
  );
}
