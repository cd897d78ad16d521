import { useEffect, useState } from 'preact/hooks';

const format = new Intl.DateTimeFormat('en', {
  weekday: 'short',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
});

/** Milliseconds as `2 d 4 h`, `4 h 12 min`, `12 min` or `40 s`. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor((seconds % 86_400) / 3600),
    Math.floor((seconds % 3600) / 60),
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}

/** When the quota is refilled. `onReached` is called at that time. */
export function Refill({ at, onReached }: { at: Date; onReached: () => void }) {
  const [now, setNow] = useState(Date.now());
  const left = at.getTime() - now;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time is reached once
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(
      () => {
        setNow(Date.now());
        if (Date.now() >= at.getTime()) onReached();
      },
      left > 120_000 ? 30_000 : Math.min(1000, left + 50),
    );
    return () => clearTimeout(timer);
  }, [at.getTime(), now]);
  return (
    <p class="muted numbers">
      {left > 0 ? `Refilled in ${countdown(left)}` : 'Being refilled'},{' '}
      <time dateTime={at.toISOString()}>{format.format(at)}</time>
    </p>
  );
}
