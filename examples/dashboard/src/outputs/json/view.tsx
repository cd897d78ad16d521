import { useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { size as formatSize } from '../../ui/size.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import type { PreviewProps } from '../preview/preview-props.ts';
import { useLoaded } from '../preview/use-loaded.ts';
import { createDecoder } from '../text/encoding.ts';
import { parseJson } from './nodes.ts';
import { JsonTree } from './tree.tsx';
import './view.css';

/** Bytes of the first look, and the most that is parsed. */
const first = 512 * 1024;
const most = 8 * 1024 * 1024;

/** A JSON document as a tree. Of a large one, its start. */
export default function JsonView({ source }: PreviewProps) {
  const [length, setLength] = useState(Math.min(first, source.size));
  const { value, error, retry } = useLoaded(async () => {
    const bytes = await source.read(0, length);
    const isStart = length < source.size;
    const text = createDecoder(bytes.subarray(0, first)).decode(bytes, !isStart);
    return { length, document: parseJson(text.replace(/^\ufeff/, ''), isStart) };
  }, length);
  const document = value?.document;
  const isBusy = value !== undefined && value.length !== length;
  const next = Math.min(source.size, most);
  return (
    <>
      <div class="preview-bar small">
        <span class="muted numbers">
          {value &&
            (value.length < source.size
              ? `First ${formatSize(value.length)} of ${formatSize(source.size)}`
              : `All ${formatSize(source.size)}`)}
          {document?.partial && value?.length === source.size && ', only the first values'}
        </span>
        {length < next && (
          <Button kind="quiet" busy={isBusy} onClick={() => setLength(next)}>
            Read {formatSize(next)}
          </Button>
        )}
      </div>
      {error !== undefined && <Problem error={error} onRetry={retry} />}
      {document?.problem !== undefined && (
        <p class="preview-facts small">
          This is not valid JSON. {document.problem}. {document.root ? 'Values before it are shown.' : ''}
        </p>
      )}
      {!value && error === undefined && <Skeleton lines={8} />}
      {document?.root && (
        <div class="json-view preview-scroll">
          <JsonTree key={value?.length} root={document.root} />
        </div>
      )}
    </>
  );
}
