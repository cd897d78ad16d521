import { useMemo } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { describedBy, Field, idOf } from './field.tsx';
import { type ParamRow, type Params, parseParams, switchMode } from './params.ts';

interface Props {
  params: Params;
  error: string | undefined;
  onChange: (params: Params) => void;
}

/** Rows of names and values, or JSON. Errors stand beside the row. */
export function ParamsField({ params, error, onChange }: Props) {
  const parsed = useMemo(() => parseParams(params), [params]);
  const { mode, rows } = params;
  const shown = parsed.error ?? error;
  const canSwitch = switchMode(params, mode === 'rows' ? 'json' : 'rows').mode !== mode;
  const setRow = (index: number, change: Partial<ParamRow>) =>
    onChange({ ...params, rows: rows.map((row, at) => (at === index ? { ...row, ...change } : row)) });
  return (
    <Field
      as="group"
      name="params"
      label="Parameters"
      error={shown}
      hint={
        <>
          The code reads them with <code>from kaggle_params import params</code>. A value is JSON, or a text without
          quotes.
        </>
      }
    >
      <div class="params-mode">
        <Button
          kind="quiet"
          icon={mode === 'rows' ? 'code' : 'plus'}
          aria-disabled={!canSwitch || undefined}
          onClick={() => onChange(switchMode(params, mode === 'rows' ? 'json' : 'rows'))}
        >
          {mode === 'rows' ? 'Edit as JSON' : 'Edit as rows'}
        </Button>
      </div>
      {mode === 'json' ? (
        <textarea
          class="mono params-json"
          aria-label="Parameters as JSON"
          {...describedBy('params', shown)}
          rows={6}
          spellcheck={false}
          value={params.json}
          onInput={(event) => onChange({ ...params, json: event.currentTarget.value })}
        />
      ) : (
        <>
          {rows.map((row, index) => {
            const wrong = parsed.rowErrors[index] ?? {};
            const id = `${idOf('params')}-${index}`;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity
              <div class="params-row" key={index}>
                <input
                  class="mono"
                  aria-label={`Name of parameter ${index + 1}`}
                  aria-invalid={wrong.name ? true : undefined}
                  aria-describedby={wrong.name ? `${id}-error` : undefined}
                  placeholder="name"
                  autocapitalize="off"
                  spellcheck={false}
                  value={row.name}
                  onInput={(event) => setRow(index, { name: event.currentTarget.value })}
                />
                <input
                  class="mono"
                  aria-label={`Value of parameter ${index + 1}`}
                  aria-invalid={wrong.value ? true : undefined}
                  aria-describedby={wrong.value ? `${id}-error` : undefined}
                  placeholder="value"
                  autocapitalize="off"
                  spellcheck={false}
                  value={row.value}
                  onInput={(event) => setRow(index, { value: event.currentTarget.value })}
                />
                <Button
                  kind="quiet"
                  icon="trash"
                  aria-label={`Remove parameter ${row.name || index + 1}`}
                  onClick={() => onChange({ ...params, rows: rows.filter((_, at) => at !== index) })}
                />
                {(wrong.name || wrong.value) && (
                  <p class="field-error" id={`${id}-error`}>
                    {wrong.name ?? wrong.value}
                  </p>
                )}
              </div>
            );
          })}
          <Button icon="plus" onClick={() => onChange({ ...params, rows: [...rows, { name: '', value: '' }] })}>
            Add parameter
          </Button>
        </>
      )}
    </Field>
  );
}
