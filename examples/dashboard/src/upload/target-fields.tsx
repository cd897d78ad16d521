import { slugify } from 'kaggle-ts/kernels';
import { useEffect, useState } from 'preact/hooks';
import type { UploadRecord } from './record.ts';

interface Props {
  upload: UploadRecord;
  onChange: (change: Partial<UploadRecord>) => void;
}

/** Chooses between a new dataset and a new version of one of the account. */
export function TargetFields({ upload, onChange }: Props) {
  const { id, title } = upload;
  const [existing, setExisting] = useState<readonly { ref: string; title: string }[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    // Without the list, a new dataset can still be made.
    import('../data/own-datasets.ts')
      .then(({ ownDatasets }) => ownDatasets('', abort.signal))
      .then(setExisting, () => undefined);
    return () => abort.abort();
  }, []);
  const slug = slugify(title);
  const taken = existing.find(({ ref }) => ref.split('/')[1] === slug);
  return (
    <div class="upload-target">
      <label for={`${id}-target`}>Upload to</label>
      <select
        id={`${id}-target`}
        value={upload.slug}
        onChange={(event) => onChange({ slug: event.currentTarget.value })}
      >
        <option value="">A new dataset</option>
        {existing.length > 0 && (
          <optgroup label="A new version of">
            {existing.map(({ ref, title }) => (
              <option key={ref} value={ref.split('/')[1]}>
                {title}
              </option>
            ))}
          </optgroup>
        )}
      </select>
      {upload.slug === '' ? (
        <>
          <label for={`${id}-title`}>Dataset title</label>
          <div>
            <input
              id={`${id}-title`}
              value={title}
              aria-describedby={`${id}-slug`}
              onInput={(event) => onChange({ title: event.currentTarget.value })}
            />
            <p class="muted small" id={`${id}-slug`}>
              {taken ? (
                <>
                  You have a dataset <span class="mono">{slug}</span>: the files become its new version.
                </>
              ) : (
                <span class="mono">{slug || 'no slug yet'}</span>
              )}
            </p>
          </div>
          <span />
          <label class="check">
            <input
              type="checkbox"
              checked={upload.isPrivate}
              onChange={(event) => onChange({ isPrivate: event.currentTarget.checked })}
            />
            Private
          </label>
        </>
      ) : (
        <p class="muted small upload-replaces">The new version has these files only.</p>
      )}
    </div>
  );
}
