import type { ComponentChildren } from 'preact';
import type { FieldName } from './fields.ts';

/** Id of the control of a field; the summary of errors links to it. */
export const idOf = (name: FieldName): string => `new-${name}`;

export interface FieldProps {
  name: FieldName;
  label: string;
  error: string | undefined;
  hint?: ComponentChildren;
  /** `group` for several controls, which then have labels of their own. @default 'label' */
  as?: 'label' | 'group';
  children: ComponentChildren;
}

/** What a control has to say about its error and hint. */
export function describedBy(name: FieldName, error: string | undefined, hint = true) {
  const ids = [error && `${idOf(name)}-error`, hint && `${idOf(name)}-hint`].filter(Boolean).join(' ');
  return { 'aria-invalid': error ? true : undefined, 'aria-describedby': ids || undefined };
}

/** A label, a control, and its error and hint. */
export function Field({ name, label, error, hint, as = 'label', children }: FieldProps) {
  const id = idOf(name);
  const below = (
    <>
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {hint && (
        <div class="field-hint muted small" id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </>
  );
  if (as === 'group') {
    return (
      <fieldset class="field" id={id} tabIndex={-1}>
        <legend class="field-label">{label}</legend>
        {children}
        {below}
      </fieldset>
    );
  }
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      {children}
      {below}
    </div>
  );
}
