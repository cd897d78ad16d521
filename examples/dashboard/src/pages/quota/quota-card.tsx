import type { AcceleratorQuota, QuotaKind } from '../../data/quota.ts';
import type { DayOfUse } from '../../data/quota-history.ts';
import { duration } from '../../ui/time.tsx';
import { Days } from './days.tsx';

interface QuotaCardProps {
  kind: QuotaKind;
  quota: AcceleratorQuota;
  days: readonly DayOfUse[];
}

/** Names of the parts of the bar, in its order. */
const parts = [
  ['used', 'used'],
  ['reserved', 'held by running sessions'],
  ['free', 'free'],
] as const;

function Limited({ kind, quota }: { kind: QuotaKind; quota: AcceleratorQuota & { state: 'limited' } }) {
  const { total } = quota;
  const percent = (seconds: number) => `${Math.min(100, (100 * seconds) / total)}%`;
  const isLow = quota.free < total / 10;
  return (
    <>
      <p class="quota-free">
        <strong class="numbers">{duration(quota.free)}</strong> free of {duration(total)}
        {isLow && <span class="quota-low">{quota.free === 0 ? 'used up' : 'almost used up'}</span>}
      </p>
      <div
        class="quota-bar"
        role="img"
        aria-label={`${kind} quota: ${parts.map(([part, name]) => `${duration(quota[part])} ${name}`).join(', ')}`}
      >
        <span class="quota-part quota-used" style={{ width: percent(quota.used) }} />
        <span class="quota-part quota-reserved" style={{ width: percent(quota.reserved) }} />
      </div>
      <dl class="quota-parts small numbers">
        {parts.map(([part, name]) => (
          <div key={part}>
            <dt>
              <span class={`quota-key ${part === 'free' ? '' : `quota-${part}`}`} aria-hidden="true" />
              {name}
            </dt>
            <dd>{duration(quota[part])}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** The quota of one accelerator, and its use by day. */
export function QuotaCard({ kind, quota, days }: QuotaCardProps) {
  return (
    <section class="quota-card card" aria-labelledby={`quota-${kind}`}>
      <h2 id={`quota-${kind}`}>{kind}</h2>
      {quota.state === 'limited' && <Limited kind={kind} quota={quota} />}
      {quota.state === 'unlimited' && (
        <p>
          No weekly limit. This week: {duration(quota.used)} used, {duration(quota.reserved)} held by running sessions.
        </p>
      )}
      {quota.state === 'none' && (
        <p>
          This account has no {kind} quota. Verify its phone number in the{' '}
          <a href="https://www.kaggle.com/settings" target="_blank" rel="noreferrer">
            settings of Kaggle
          </a>
          .
        </p>
      )}
      {quota.state !== 'none' && <Days kind={kind} days={days} />}
    </section>
  );
}
