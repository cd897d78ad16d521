import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { size as formatSize } from '../../ui/size.ts';
import type { PreviewProps } from '../preview/preview-props.ts';
import { createDecoder, type PieceDecoder } from './encoding.ts';
import './view.css';
import { Scroll } from '../preview/scroll.tsx';

/** Bytes that are read at a time, and at most: the page holds all of it. */
const piece = 128 * 1024;
const most = 8 * 1024 * 1024;

/** Text that is rendered as one block. */
const blockLength = 16 * 1024;

/** Bytes from the end that "Show the end" reads. */
const tail = 64 * 1024;

/** Control characters would be invisible; line breaks and tabs are not. */
function visibleText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) =>
      character === '\n' || character === '\t'
        ? character
        : character < ' '
          ? String.fromCharCode(0x2400 + character.charCodeAt(0))
          : '\ufffd',
    );
}

/** Divides text into blocks, so that the browser lays out only those in view. */
function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  for (let at = 0; at < text.length; ) {
    const line = text.indexOf('\n', at + blockLength);
    const end = line < 0 ? text.length : line + 1;
    blocks.push(text.slice(at, end));
    at = end;
  }
  return blocks;
}

/** The start of a text file, and more of it on demand. Markup is shown as its source. */
export default function TextView({ source, kind }: PreviewProps) {
  const [blocks, setBlocks] = useState<readonly string[]>([]);
  const [offset, setOffset] = useState(0);
  const [end, setEnd] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [wrap, setWrap] = useState(true);
  const decoder = useRef<PieceDecoder | undefined>(undefined);
  const alive = useRef(true);

  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (reason) {
      if (alive.current) setError(reason);
    }
    if (alive.current) setBusy(false);
  };
  const readMore = () =>
    run(async () => {
      const until = Math.min(source.size, offset + piece);
      const bytes = await source.read(offset, until);
      decoder.current ??= createDecoder(bytes);
      const text = visibleText(decoder.current.decode(bytes, until >= source.size));
      setBlocks([...blocks, ...blocksOf(text)]);
      setOffset(until);
    });
  const readEnd = () =>
    run(async () => {
      const bytes = await source.read(Math.max(offset, source.size - tail), source.size);
      const text = new TextDecoder(decoder.current?.encoding ?? 'utf-8').decode(bytes);
      setEnd(visibleText(text.slice(text.indexOf('\n') + 1)));
    });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first piece, once
  useEffect(() => {
    alive.current = true;
    if (source.size > 0) void readMore();
    return () => {
      alive.current = false;
    };
  }, []);

  const rest = source.size - offset;
  const isFull = offset >= most;
  return (
    <>
      <div class="preview-bar small">
        <span class="muted numbers">
          {rest > 0 ? `First ${formatSize(offset)} of ${formatSize(source.size)}` : `All ${formatSize(source.size)}`}
          {decoder.current && `, ${decoder.current.encoding}`}
          {kind === 'html' && ', shown as source'}
        </span>
        <label>
          <input type="checkbox" checked={wrap} onChange={(event) => setWrap(event.currentTarget.checked)} />
          Wrap lines
        </label>
      </div>
      <Scroll class={`text-view${wrap ? ' text-view-wrap' : ''}`} label="Text of the file">
        {source.size === 0 && <p class="preview-note muted">The file is empty.</p>}
        {blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only added
          <pre key={index}>{block}</pre>
        ))}
        {error !== undefined && <Problem error={error} onRetry={readMore} />}
        {rest > 0 && error === undefined && (
          <div class="text-view-more">
            {isFull ? (
              <span class="muted">Previews show at most {formatSize(most)}. Download the file for the rest.</span>
            ) : (
              <Button busy={busy} onClick={readMore}>
                Load {formatSize(Math.min(piece, rest))} more
              </Button>
            )}
            {rest > piece && end === undefined && (
              <Button kind="quiet" busy={busy} onClick={readEnd}>
                Show the end
              </Button>
            )}
          </div>
        )}
        {end !== undefined && rest > 0 && (
          <>
            <p class="text-view-gap muted small">The end of the file</p>
            <pre>{end}</pre>
          </>
        )}
      </Scroll>
    </>
  );
}
