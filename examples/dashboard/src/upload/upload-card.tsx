import { droppedFiles } from 'kaggle-ts/browser';
import { useState } from 'preact/hooks';
import { visibleName } from '../outputs/files/names.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Progress } from '../ui/progress.tsx';
import { size } from '../ui/size.ts';
import { duration } from '../ui/time.tsx';
import { FileButtons } from './file-buttons.tsx';
import type { UploadProgress } from './meter.ts';
import { bytesOf } from './record.ts';
import { TargetFields } from './target-fields.tsx';
import { changeRecord, isOpen, isVolatile, loadManager, type UploadView } from './uploads.ts';
import './upload.css';

const states: Readonly<Record<string, string>> = {
  NOT_YET_PERSISTED: 'Kaggle stores the files',
  BLOBS_RECEIVED: 'Kaggle stores the files',
  BLOBS_DECOMPRESSED: 'Kaggle unpacks the files',
  LISTING: 'Kaggle lists the files',
};

/** The main line of an upload. */
function headline({ state, live, files, versionNumber, starting }: UploadView): string {
  const { activity, needs, elsewhere } = live;
  const bytes = size(bytesOf(files));
  const count = `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${bytes}`;
  if (state === 'ready') return `Ready: version ${versionNumber ?? 'stored'}, ${count}`;
  if (starting) return `Checking, ${count}`;
  if (needs) return `Waiting for you, ${count}`;
  if (state === 'chosen') return `${count}, not uploaded yet`;
  if (state === 'paused') return `Paused, ${count}`;
  if (state === 'failed') return `Upload failed, ${count}`;
  if (elsewhere && !activity) return count;
  if (activity?.type === 'waiting') return 'Waiting for the network';
  if (activity?.type === 'processing') return states[activity.status] ?? 'Kaggle processes the files';
  if (activity?.type !== 'sending' || activity.progress.preparing) return `Reading and hashing, ${count}`;
  const { sent, rate, left } = activity.progress;
  const speed = rate === undefined ? '' : `, ${size(rate)}/s`;
  const time = left === undefined ? '' : `, ${duration(Math.ceil(left))} left`;
  return `${size(sent)} of ${bytes}${speed}${time}`;
}

function Files({
  upload,
  progress,
  onRemove,
}: {
  upload: UploadView;
  progress?: UploadProgress | undefined;
  onRemove?: (name: string) => void;
}) {
  const [all, setAll] = useState(false);
  const most = 500;
  const shown = upload.files.slice(0, all ? most : 5);
  return (
    <>
      <ul class="upload-files small">
        {shown.map(({ name, size: bytes }) => {
          const sent = progress?.files[name];
          return (
            <li key={name}>
              <span class="upload-name mono">{visibleName(name)}</span>
              <span class="muted numbers">
                {sent !== undefined && sent < bytes ? `${size(sent)} of ` : ''}
                {size(bytes)}
                {sent === bytes && <Icon name="check" size={12} />}
                {sent === bytes && <span class="hidden"> uploaded</span>}
              </span>
              {onRemove && (
                <Button
                  kind="quiet"
                  icon="cross"
                  aria-label={`Remove ${visibleName(name)}`}
                  onClick={() => onRemove(name)}
                />
              )}
            </li>
          );
        })}
      </ul>
      {all && upload.files.length > most && <p class="muted small">and {upload.files.length - most} more</p>}
      {upload.files.length > 5 && (
        <Button kind="quiet" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? 'Show fewer files' : `Show ${upload.files.length} files`}
        </Button>
      )}
    </>
  );
}

/** What the user has to do before the upload continues. */
function Needs({ upload }: { upload: UploadView }) {
  const { id, live } = upload;
  if (live.needs === 'permission') {
    return (
      <div class="upload-note" role="status">
        <p>The browser asks again before this page may read the files.</p>
        <Button kind="primary" onClick={async () => (await loadManager()).start(id)}>
          Continue the upload
        </Button>
      </div>
    );
  }
  const { missing = [], changed = [], why, kept, takes } = live;
  const names = (list: readonly string[]) =>
    list.slice(0, 3).map(visibleName).join(', ') + (list.length > 3 ? ` and ${list.length - 3} more` : '');
  return (
    <div class="upload-note" role="alert">
      {changed.length > 0 && <p>Changed since the upload began: {names(changed)}.</p>}
      {missing.length > 0 && <p>Choose again: {names(missing)}. What was uploaded is not sent again.</p>}
      {changed.length + missing.length === 0 && <p>{why ?? 'A file cannot be read. Choose it again.'}</p>}
      {kept && (
        <Button kind="primary" onClick={async () => (await loadManager()).chooseAgain(id, [])}>
          Upload it as it was
        </Button>
      )}
      {takes && changed.length > 0 && (
        <Button kind="primary" onClick={async () => (await loadManager()).chooseAgain(id, [], { changed: true })}>
          Upload the changed file
        </Button>
      )}
      <FileButtons
        onFiles={async (files) => {
          const { chooseAgain } = await loadManager();
          await chooseAgain(id, await droppedFiles(files));
        }}
      />
    </div>
  );
}

interface Props {
  upload: UploadView;
  /** Uses it in the run; absent if the run uses it already. */
  onUse?: (() => void) | undefined;
  /** Removes it from the run. */
  onRemove: () => void;
}

/** One upload: where it goes, its files and its progress. */
export default function UploadCard({ upload, onUse, onRemove }: Props) {
  const { id, state, title, slug, live, error } = upload;
  const [asking, setAsking] = useState(false);
  const name = title || slug;
  const active = state === 'active' || state === 'processing';
  const progress = live.activity?.type === 'sending' ? live.activity.progress : undefined;
  const begin = async () => (await loadManager()).start(id);
  const line = headline(upload);
  return (
    <section class="upload card" aria-label={`Upload ${name}`}>
      {isOpen(upload) ? (
        <TargetFields upload={upload} onChange={(change) => changeRecord(id, change)} />
      ) : (
        <h3 class="upload-title">
          {name} {upload.owner && slug && <span class="mono muted">{`${upload.owner}/${slug}`}</span>}
        </h3>
      )}
      <p class={`upload-line numbers upload-${live.needs ? 'needs' : state}`}>
        {state === 'ready' && <Icon name="check" />}
        {(state === 'failed' || live.needs) && <Icon name="alert" />}
        {line}
      </p>
      {active && !live.needs && (
        <Progress
          label={`Upload of ${name}`}
          {...(progress && !progress.preparing && progress.total > 0 && { value: progress.sent / progress.total })}
        />
      )}
      {live.elsewhere && <p class="muted small">Another tab is uploading. If it is closed, this one continues.</p>}
      {progress && progress.attempt > 1 && (
        <p class="muted small">Connection lost before; attempt {progress.attempt}.</p>
      )}
      {live.issues?.map((issue) => (
        <p class="field-error" role="alert" key={issue}>
          {issue}
        </p>
      ))}
      {live.warnings?.map((warning) => (
        <p class="upload-warning small" key={warning}>
          {warning}
        </p>
      ))}
      {state === 'failed' && error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
      {live.activity?.type === 'waiting' && (
        <p class="muted small">{live.activity.error}. The upload continues by itself.</p>
      )}
      {isVolatile.value && state !== 'ready' && (
        <p class="upload-warning small">
          The storage of the browser is full or blocked: this upload ends when the page is closed.
        </p>
      )}
      {live.resumable === 'no' && state !== 'ready' && (
        <p class="upload-warning small">
          The files cannot be kept in the browser, so the upload cannot continue after this page is closed: {live.why}
        </p>
      )}
      {live.resumable === 'saving' && active && (
        <p class="muted small">Keeping a copy, so that the upload can continue after a reload.</p>
      )}
      {live.needs && state !== 'ready' && <Needs upload={upload} />}
      <Files
        upload={upload}
        progress={progress}
        {...(isOpen(upload) && { onRemove: async (file: string) => (await loadManager()).removeFile(id, file) })}
      />
      <div class="upload-actions">
        {onUse && (
          <Button icon="plus" onClick={onUse}>
            Use in this run
          </Button>
        )}
        {isOpen(upload) && !live.needs && (
          <Button kind="primary" icon="upload" onClick={begin}>
            Upload
          </Button>
        )}
        {state === 'active' && !live.elsewhere && !live.needs && (
          <Button icon="stop" onClick={async () => (await loadManager()).pause(id)}>
            Pause
          </Button>
        )}
        {(state === 'paused' || state === 'failed') && !upload.starting && !live.needs && (
          <Button kind="primary" icon="rerun" onClick={begin}>
            {state === 'paused' ? 'Continue' : 'Retry'}
          </Button>
        )}
        {asking ? (
          <>
            <Button
              kind="danger"
              onClick={async () => {
                onRemove();
                await (await loadManager()).cancel(id);
              }}
            >
              Stop and remove the upload
            </Button>
            <Button onClick={() => setAsking(false)}>Keep it</Button>
          </>
        ) : (
          <Button
            kind="quiet"
            icon="trash"
            onClick={async () => {
              if (active) return setAsking(true);
              onRemove();
              await (await loadManager()).cancel(id);
            }}
          >
            {active ? 'Cancel' : state === 'ready' ? 'Remove from the run' : 'Remove'}
          </Button>
        )}
      </div>
    </section>
  );
}
