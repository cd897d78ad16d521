import type { QuotaKind } from '../../data/quota.ts';
import type { DayOfUse } from '../../data/quota-history.ts';
import { duration } from '../../ui/time.tsx';

const long = new Intl.DateTimeFormat('en', { weekday: 'short', month: 'short', day: 'numeric', timeZone: 'UTC' });

const words = { measured: '', estimated: ' (estimated)', unknown: '' } as const;

function hours(seconds: number): string {
  if (seconds === 0) return '0';
  return seconds < 360 ? '<0.1' : String(Number((seconds / 3600).toFixed(seconds < 36_000 ? 1 : 0)));
}

/** The use of the last days as columns: solid if measured, hatched if estimated. */
export function Days({ kind, days }: { kind: QuotaKind; days: readonly DayOfUse[] }) {
  const most = Math.max(3600, ...days.map(({ seconds }) => seconds));
  const isKnown = days.some((day) => day.kind !== 'unknown');
  return (
    <div class="quota-history">
      <h3 id={`quota-days-${kind}`}>Use by day, in hours</h3>
      {isKnown ? (
        <ol class="quota-days numbers" aria-labelledby={`quota-days-${kind}`}>
          {days.map(({ day, seconds, kind: source }) => {
            const date = new Date(`${day}T00:00:00Z`);
            const text = source === 'unknown' ? 'not known' : `${duration(seconds)}${words[source]}`;
            return (
              <li key={day} title={`${long.format(date)}: ${text}`}>
                <span class="hidden">
                  {long.format(date)}: {text}
                </span>
                <span class="quota-column" aria-hidden="true">
                  <span class="quota-hours">{source === 'unknown' ? '?' : hours(seconds)}</span>
                  <span class={`quota-day quota-day-${source}`} style={{ height: `${(84 * seconds) / most}px` }} />
                </span>
                <span class="quota-date" aria-hidden="true">
                  {date.getUTCDate()}
                </span>
              </li>
            );
          })}
        </ol>
      ) : (
        <p class="muted small">
          Nothing is known yet. Each visit records the quota; two visits show what was used between them.
        </p>
      )}
    </div>
  );
}
