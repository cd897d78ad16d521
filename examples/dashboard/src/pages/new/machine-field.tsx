import type { ApiGetAcceleratorQuotaStatisticsResponse } from 'kaggle-ts/services/kernels';
import { accelerators } from '../../data/accelerator.ts';
import { Icon } from '../../ui/icon.tsx';
import { duration, Time } from '../../ui/time.tsx';
import { type Cost, costOf, machineOf } from './cost.ts';
import { describedBy, Field, idOf } from './field.tsx';

interface Props {
  machine: string;
  timeLimit: number | undefined;
  quotas: ApiGetAcceleratorQuotaStatisticsResponse | undefined;
  error: string | undefined;
  onChange: (machine: string) => void;
}

/** What the run costs, in words. */
function CostText({ cost }: { cost: Cost }) {
  const { kind, left, total, takes, renews, state } = cost;
  const renewal = renews && (
    <>
      {' '}
      It renews <Time date={renews} />.
    </>
  );
  if (state === 'unlimited') return <>This account pays for {kind} time beyond its weekly quota.</>;
  if (state === 'none') {
    return (
      <>
        This account has no {kind} quota. Verify its phone number at{' '}
        <a href="https://www.kaggle.com/settings" rel="noreferrer">
          kaggle.com/settings
        </a>
        .
      </>
    );
  }
  if (state === 'used-up')
    return (
      <>
        The weekly {kind} quota of {duration(total)} is used up.{renewal}
      </>
    );
  return (
    <>
      {duration(left)} of {duration(total)} {kind} time left this week. This run takes at most {duration(takes)}
      {state === 'short' ? ', which is more: Kaggle may stop it.' : '.'}
      {renewal}
    </>
  );
}

/** The accelerator, and what a run costs of the weekly quota. */
export function MachineField({ machine, timeLimit, quotas, error, onChange }: Props) {
  const cost = costOf(quotas, machineOf(machine), timeLimit);
  const known = accelerators.some(({ shape }) => shape === machine);
  const common = accelerators.slice(0, 3);
  const others = accelerators.slice(3);
  return (
    <Field
      name="machine"
      label="Accelerator"
      error={error}
      hint={
        cost && (
          <div class={`cost cost-${cost.state}`}>
            {cost.total > 0 && cost.state !== 'unlimited' && (
              <svg class="cost-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect class="cost-used" width={(100 * (cost.total - cost.left)) / cost.total} height="4" />
                <rect
                  class="cost-takes"
                  x={(100 * (cost.total - cost.left)) / cost.total}
                  width={(100 * Math.min(cost.takes, cost.left)) / cost.total}
                  height="4"
                />
              </svg>
            )}
            <p>
              {cost.state !== 'enough' && cost.state !== 'unlimited' && <Icon name="alert" size={14} />}{' '}
              <CostText cost={cost} />
            </p>
          </div>
        )
      }
    >
      <select
        id={idOf('machine')}
        {...describedBy('machine', error, cost !== undefined)}
        value={machine}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {common.map(({ shape, label }) => (
          <option key={shape} value={shape}>
            {shape === '' ? 'None (CPU)' : label}
          </option>
        ))}
        <optgroup label="Some accounts and competitions only">
          {others.map(({ shape, label }) => (
            <option key={shape} value={shape}>
              {label}
            </option>
          ))}
          {!known && <option value={machine}>{machine}</option>}
        </optgroup>
      </select>
    </Field>
  );
}
