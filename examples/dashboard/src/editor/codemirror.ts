import { indentWithTab } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup, EditorView } from 'codemirror';

/** Settings of the editor that can change. */
export interface EditorSettings {
  language: string;
  /** Accessible name, and what is said after it. */
  label: string;
  description: string;
  invalid: boolean;
  readOnly: boolean;
}

/** An editor in the page. */
export interface CodeMirror {
  /** Replaces the text if it differs, without moving the cursor otherwise. */
  setText(text: string): void;
  configure(settings: EditorSettings): void;
  focus(selection?: { from: number; to: number }): void;
  destroy(): void;
}

// Colors are custom properties of the host element, so that the theme of the page applies at once.
const theme = EditorView.theme({
  '&': { backgroundColor: 'var(--surface)', color: 'var(--text)', fontSize: '13px', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--muted)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--code-line)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'var(--code-selection)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--code-match)', outline: 'none' },
  '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--code-match)' },
  '.cm-panels, .cm-tooltip': {
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--hover)', border: 'none', color: 'var(--muted)' },
});

const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))],
    color: 'var(--code-name)',
  },
  { tag: [tags.className, tags.definition(tags.className), tags.meta], color: 'var(--code-type)' },
]);

/** Other uses of the key, such as closing a list of completions, remain. */
function leaveByTab(view: EditorView): boolean {
  view.setTabFocusMode(true);
  return false;
}

/**
 * Creates an editor in a shadow root. There, CodeMirror uses constructed style sheets, which the Content-Security-Policy allows; in the
 * document it would insert style elements.
 */
export function createCodeMirror(
  root: ShadowRoot,
  text: string,
  settings: EditorSettings,
  onChange: (text: string) => void,
): CodeMirror {
  const setup = new Compartment();
  const hint = document.createElement('span');
  hint.id = 'hint';
  hint.hidden = true;
  const extensions = ({ language, label, description, invalid, readOnly }: EditorSettings) => {
    hint.textContent = description;
    return [
      language === 'python' ? python() : [],
      indentUnit.of(language === 'python' ? '    ' : '  '),
      EditorState.readOnly.of(readOnly),
      EditorView.contentAttributes.of({
        tabindex: '0',
        'aria-label': label,
        'aria-describedby': 'hint',
        ...(invalid && { 'aria-invalid': 'true' }),
      }),
    ];
  };
  let quiet = false;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        setup.of(extensions(settings)),
        // Tab indents. After Escape it leaves the editor, without a limit of time, until something is typed.
        Prec.highest(keymap.of([{ key: 'Escape', run: leaveByTab }])),
        keymap.of([indentWithTab]),
        EditorView.domEventHandlers({ focus: (_, view) => view.setTabFocusMode(false) }),
        basicSetup,
        theme,
        syntaxHighlighting(colors),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) update.view.setTabFocusMode(false);
          if (update.docChanged && !quiet) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  root.append(hint);
  return {
    setText(next) {
      const { doc } = view.state;
      if (next === doc.toString()) return;
      quiet = true;
      view.dispatch({ changes: { from: 0, to: doc.length, insert: next } });
      quiet = false;
    },
    configure: (next) => view.dispatch({ effects: setup.reconfigure(extensions(next)) }),
    focus(selection) {
      if (selection) view.dispatch({ selection: { anchor: selection.from, head: selection.to } });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
