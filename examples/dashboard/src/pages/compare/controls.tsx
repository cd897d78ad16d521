import { setQuery } from '../../app/route.ts';
import type { Axis, View } from './view.ts';

interface ControlsProps {
  view: View;
  files: readonly string[];
  file: string | undefined;
}

const axisLabel = (axis: Axis) =>
  axis === 'step' ? 'Steps of each run' : axis === 'run' ? 'Runs' : `Parameter ${axis.slice('param:'.length)}`;

/** Chooses what is compared. Each choice is a part of the address. */
export function Controls({ view, files, file }: ControlsProps) {
  const { metrics, metric, direction, axes, axis, logX, logY } = view;
  return (
    <form class="compare-controls" onSubmit={(event) => event.preventDefault()}>
      <label>
        <span class="small muted">Metric</span>
        <select value={metric} onChange={({ currentTarget }) => setQuery({ y: currentTarget.value, best: undefined })}>
          {metrics.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="small muted">Over</span>
        <select value={axis} onChange={({ currentTarget }) => setQuery({ x: currentTarget.value })}>
          {axes.map((each) => (
            <option key={each} value={each}>
              {axisLabel(each)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="small muted">Best is</span>
        <select value={direction} onChange={({ currentTarget }) => setQuery({ best: currentTarget.value })}>
          <option value="highest">the highest</option>
          <option value="lowest">the lowest</option>
        </select>
      </label>
      <label>
        <span class="small muted">File</span>
        <select
          value={file ?? ''}
          onChange={({ currentTarget }) => setQuery({ file: currentTarget.value, y: undefined })}
        >
          <option value="">usual names</option>
          {[...new Set([...(file ? [file] : []), ...files])].map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend class="small muted">Log scale</legend>
        <label>
          <input
            type="checkbox"
            checked={logX}
            onChange={({ currentTarget }) => setQuery({ logx: currentTarget.checked ? '1' : undefined })}
          />{' '}
          x
        </label>
        <label>
          <input
            type="checkbox"
            checked={logY}
            onChange={({ currentTarget }) => setQuery({ logy: currentTarget.checked ? '1' : undefined })}
          />{' '}
          y
        </label>
      </fieldset>
    </form>
  );
}
