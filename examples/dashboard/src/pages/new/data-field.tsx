import { lazy } from '../../app/lazy.tsx';
import { FileButtons } from '../../upload/file-buttons.tsx';
import { uploads } from '../../upload/uploads.ts';
import type { Draft, SourceKind } from './draft.ts';
import type { FieldErrors } from './fields.ts';
import { SourcesField } from './sources-field.tsx';

interface Props {
  draft: Draft;
  errors: FieldErrors;
  disabled: boolean;
  onChange: (change: Partial<Draft>) => void;
  onFiles: (files: readonly File[]) => void;
}

/** Its code is loaded with the first upload. */
const UploadCard = lazy(() => import('../../upload/upload-card.tsx'));

const kinds: readonly SourceKind[] = [
  'datasetDataSources',
  'competitionDataSources',
  'kernelDataSources',
  'modelDataSources',
];

/** Data of the run: uploads, and sources by name. */
export function DataField({ draft, errors, disabled, onChange, onFiles }: Props) {
  const own = uploads.value.filter(({ id }) => draft.uploads.includes(id));
  // An upload of an earlier draft continues; it can be used here, too.
  const others = uploads.value.filter(({ id, state }) => !draft.uploads.includes(id) && state !== 'ready');
  const remove = (id: string) => onChange({ uploads: draft.uploads.filter((other) => other !== id) });
  return (
    <section class="card new-card" aria-labelledby="new-data">
      <h2 id="new-data">Data</h2>
      <div class="drop">
        <p>Drop files or folders anywhere on this page to upload them as a dataset.</p>
        <FileButtons onFiles={onFiles} disabled={disabled} />
      </div>
      {own.map((upload) => (
        <UploadCard key={upload.id} upload={upload} onRemove={() => remove(upload.id)} />
      ))}
      {others.map((upload) => (
        <UploadCard
          key={upload.id}
          upload={upload}
          onUse={() => onChange({ uploads: [...draft.uploads, upload.id] })}
          onRemove={() => undefined}
        />
      ))}
      <fieldset class="new-sources" disabled={disabled}>
        <legend class="hidden">Data sources</legend>
        {kinds.map((kind) => (
          <SourcesField
            key={kind}
            kind={kind}
            sources={draft.sources[kind]}
            error={errors[kind]}
            onChange={(sources) => onChange({ sources: { ...draft.sources, [kind]: sources } })}
          />
        ))}
      </fieldset>
    </section>
  );
}
