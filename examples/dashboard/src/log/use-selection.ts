import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type Position, positionOf } from './copy.ts';

/**
 * The position where the selection in an area begins. Its row has to stay in the document while the person scrolls, or the browser
 * would lose the selection. `draw` is called when it changes.
 */
export function useAnchor(area: RefObject<HTMLElement | null>, draw: () => void): Position | undefined {
  const anchor = useRef<Position | undefined>(undefined);
  useEffect(() => {
    const onChange = () => {
      const selection = getSelection();
      const isOurs = selection && !selection.isCollapsed && area.current?.contains(selection.anchorNode);
      const next = isOurs ? positionOf(selection.anchorNode, selection.anchorOffset) : undefined;
      if (next?.index !== anchor.current?.index) draw();
      anchor.current = next;
    };
    document.addEventListener('selectionchange', onChange);
    return () => document.removeEventListener('selectionchange', onChange);
  }, [area, draw]);
  return anchor.current;
}

/** The selected part of a log; `all` if the selection contains it. */
export function selectedPart(content: Element): readonly [Position, Position] | 'all' | undefined {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.containsNode(content, true)) return undefined;
  const from = positionOf(selection.anchorNode, selection.anchorOffset);
  const to = positionOf(selection.focusNode, selection.focusOffset);
  if (from && to) return [from, to];
  // A selection that ends outside of the log is copied by the browser.
  return content.parentElement?.contains(selection.anchorNode) && content.parentElement.contains(selection.focusNode)
    ? 'all'
    : undefined;
}
