import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const now = signal(Date.now());
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Keeps `now` current while a component that shows an age is mounted: one timer for all. */
function useNow(): number {
  useEffect(() => {
    if (++watchers === 1) {
      now.value = Date.now();
      timer = setInterval(() => {
        if (!document.hidden) now.value = Date.now();
      }, 10_000);
    }
    return () => {
      if (--watchers === 0) clearInterval(timer);
    };
  }, []);
  return now.value;
}

const long = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const short = { minute: 'min', hour: 'h' } as const;
const full = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const units: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** How long ago, or how far ahead, a time is: `5 min ago`, `yesterday`. */
export function relativeTime(date: Date, at: number = Date.now()): string {
  const seconds = (date.getTime() - at) / 1000;
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? [];
  if (!unit) return seconds > 0 ? 'in a moment' : 'just now';
  const count = Math.trunc(seconds / size!);
  if (unit !== 'minute' && unit !== 'hour') return long.format(count, unit);
  return count < 0 ? `${-count} ${short[unit]} ago` : `in ${count} ${short[unit]}`;
}

/** A time as an age, with the date and time as its title. */
export function Time({ date }: { date: Date | undefined }) {
  const at = useNow();
  if (!date || Number.isNaN(date.getTime())) return <span class="muted">-</span>;
  return (
    <time class="numbers" dateTime={date.toISOString()} title={full.format(date)}>
      {relativeTime(date, at)}
    </time>
  );
}

/** Seconds as `1 h 5 min`, `5 min 12 s` or `12 s`. */
export function duration(seconds: number): string {
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    Math.floor(seconds % 60),
  ];
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes > 0) return rest > 0 ? `${minutes} min ${rest} s` : `${minutes} min`;
  return `${rest} s`;
}
