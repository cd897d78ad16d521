import { useEffect, useState } from 'preact/hooks';
import type { LogStore } from './store.ts';

/** Milliseconds between two summaries. */
const pause = 20_000;

const count = (lines: number, what: string): string => `${lines.toLocaleString('en')} ${what}${lines === 1 ? '' : 's'}`;

/** What screen readers say of a log that grows: a sentence now and then in place of each line. */
export function useSummary(store: LogStore, live: boolean): string {
  const [summary, setSummary] = useState('');
  useEffect(() => {
    if (!live) {
      setSummary(store.lines.length > 0 ? `The log has ${count(store.lines.length, 'line')}.` : '');
      return;
    }
    let before = store.lines.length;
    const timer = setInterval(() => {
      const { length } = store.lines;
      if (length > before) setSummary(`${count(length - before, 'new line')}, ${length.toLocaleString('en')} in all.`);
      before = length;
    }, pause);
    return () => clearInterval(timer);
  }, [store, live]);
  return summary;
}
