import { useRef, useState } from 'preact/hooks';
import { CodeEditor } from '../../editor/code-editor.tsx';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import type { Draft } from './draft.ts';
import { idOf } from './field.tsx';
import { templates } from './templates.ts';

interface Props {
  draft: Draft;
  error: string | undefined;
  readOnly: boolean;
  onChange: (change: Partial<Draft>) => void;
}

/** The code: an editor, into which a file can be dropped, and templates. */
export function CodeField({ draft, error, readOnly, onChange }: Props) {
  const { code, language, kind } = draft;
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string>();
  /** The code that a template or a file replaced. */
  const [replaced, setReplaced] = useState<Partial<Draft>>();
  const shown = problem ?? error;

  function replace(change: Partial<Draft>, what: string): void {
    const { code, kind, language, params, entry, files } = draft;
    setReplaced(code.trim() === '' ? undefined : { code, kind, language, params, entry, files });
    setProblem(undefined);
    onChange(change);
    announce(`${what} is in the editor`);
  }

  async function take(file: File | undefined): Promise<void> {
    if (!file || readOnly) return;
    try {
      const { codeOf } = await import('./open-file.ts');
      replace(await codeOf(file), file.name);
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  const isFiles = (event: DragEvent) => !readOnly && event.dataTransfer?.types.includes('Files');
  return (
    <div class="field">
      <div class="code-head">
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: a click on a label; the editor is no form control, so the browser does not focus it */}
        <label class="field-label" for={idOf('code')} onClick={() => document.getElementById(idOf('code'))?.focus()}>
          Code
        </label>
        <select
          aria-label="Start from a template"
          value=""
          disabled={readOnly}
          onChange={(event) => {
            const template = templates.find(({ name }) => name === event.currentTarget.value);
            event.currentTarget.value = '';
            if (!template) return;
            const { name, about: _, ...change } = template;
            replace({ entry: '', files: [], ...change }, name);
          }}
        >
          <option value="">Template</option>
          {templates.map(({ name, about }) => (
            <option key={name} value={name}>
              {`${name}: ${about}`}
            </option>
          ))}
        </select>
        <Button icon="file" disabled={readOnly} onClick={() => input.current?.click()}>
          Open a file
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          accept=".py,.ipynb,.irnb,.r,.R,.rmd,.Rmd"
          onChange={(event) => {
            take(event.currentTarget.files?.[0]);
            event.currentTarget.value = '';
          }}
        />
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button above does the same for the keyboard */}
      <div
        class={`code-drop ${over ? 'code-over' : ''}`}
        onDragOver={(event) => {
          if (!isFiles(event)) return;
          event.preventDefault();
          event.stopPropagation();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDropCapture={(event) => {
          if (!isFiles(event)) return;
          event.preventDefault();
          event.stopPropagation();
          setOver(false);
          take(event.dataTransfer?.files[0]);
        }}
      >
        <CodeEditor
          id={idOf('code')}
          value={code}
          language={language}
          label="Code"
          description={`${shown ?? ''} Press Escape, then Tab to leave the editor.`}
          invalid={shown !== undefined}
          readOnly={readOnly}
          onChange={(code) => onChange({ code })}
        />
      </div>
      {shown && (
        <p class="field-error" id={`${idOf('code')}-error`} role={problem ? 'alert' : undefined}>
          {shown}
        </p>
      )}
      {replaced && (
        <p class="small">
          Your code was replaced.{' '}
          <Button
            kind="quiet"
            onClick={() => {
              onChange(replaced);
              setReplaced(undefined);
            }}
          >
            Undo
          </Button>
        </p>
      )}
      {draft.files.length > 0 && (
        <p class="small muted">
          Sent with the code: <span class="mono">{draft.files.map(({ name }) => name).join(', ')}</span>{' '}
          <Button kind="quiet" onClick={() => onChange({ files: [], entry: '' })}>
            Leave out
          </Button>
        </p>
      )}
      <p class="muted small">
        {kind === 'notebook' && (
          <>
            A line <code># %%</code> begins a cell, <code># %% [markdown]</code> a cell of text.{' '}
          </>
        )}
        <kbd>Tab</kbd> indents; <kbd>Esc</kbd>, then <kbd>Tab</kbd> leaves the editor. Drop a script or a notebook here.
      </p>
    </div>
  );
}
