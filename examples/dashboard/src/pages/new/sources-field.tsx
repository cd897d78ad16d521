import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import type { SourceKind } from './draft.ts';
import { describedBy, Field, idOf } from './field.tsx';
import { labels } from './fields.ts';
import { loadStarter } from './form.ts';

interface Props {
  kind: SourceKind;
  sources: readonly string[];
  error: string | undefined;
  onChange: (sources: readonly string[]) => void;
}

const placeholders: Readonly<Record<SourceKind, string>> = {
  datasetDataSources: 'owner/slug, or search your own',
  competitionDataSources: 'slug, such as titanic',
  kernelDataSources: 'owner/slug',
  modelDataSources: 'owner/model/framework/variation',
};

/** Datasets of the account that fit what is typed. A failed search only means fewer suggestions. */
function useSuggestions(kind: SourceKind, text: string, active: boolean): { ref: string; title: string }[] {
  const [found, setFound] = useState<{ ref: string; title: string }[]>([]);
  useEffect(() => {
    if (kind !== 'datasetDataSources' || !active) return;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const { ownDatasets } = await import('../../data/own-datasets.ts');
      const search = text.slice(text.lastIndexOf('/') + 1);
      await ownDatasets(search, abort.signal).then(setFound, () => undefined);
    }, 250);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [kind, text, active]);
  return found;
}

/** A list of data sources of one kind, and a field to add one. The form of a source is checked when it is added. */
export function SourcesField({ kind, sources, error, onChange }: Props) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const suggestions = useSuggestions(kind, text, active);
  const shown = wrong ?? error;

  async function add(): Promise<void> {
    const source = text.trim();
    if (source === '' || sources.includes(source)) return setText('');
    const issue = await loadStarter()
      .then(({ sourceIssue }) => sourceIssue(kind, [...sources, source]))
      .catch((error: Error) => error.message);
    setWrong(issue);
    if (issue) return input.current?.focus();
    onChange([...sources, source]);
    announce(`${source} added`);
    setText('');
  }

  function remove(source: string): void {
    onChange(sources.filter((other) => other !== source));
    announce(`${source} removed`);
    input.current?.focus();
  }

  return (
    <Field name={kind} label={labels[kind]} error={shown}>
      {sources.length > 0 && (
        <ul class="sources">
          {sources.map((source) => (
            <li key={source}>
              <span class="mono">{source}</span>
              <Button kind="quiet" icon="cross" aria-label={`Remove ${source}`} onClick={() => remove(source)} />
            </li>
          ))}
        </ul>
      )}
      <div class="sources-add">
        <input
          ref={input}
          id={idOf(kind)}
          {...describedBy(kind, shown, false)}
          class="mono"
          list={suggestions.length > 0 ? `${idOf(kind)}-list` : undefined}
          placeholder={placeholders[kind]}
          autocapitalize="off"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onFocus={() => setActive(true)}
          onBlur={() => setActive(false)}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setWrong(undefined);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <Button icon="plus" aria-label={`Add to ${labels[kind]}`} onClick={add} />
      </div>
      <datalist id={`${idOf(kind)}-list`}>
        {suggestions.map(({ ref, title }) => (
          <option key={ref} value={ref}>
            {title}
          </option>
        ))}
      </datalist>
    </Field>
  );
}
