import { navigate } from '../../app/route.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';

/** Asks what to compare. */
export function Chooser() {
  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget as HTMLFormElement).get('what')).trim();
    const isSweep = /^[\w-]+\/[\w-]+$/.test(text);
    if (text)
      navigate(`#/compare?${new URLSearchParams({ [isSweep ? 'sweep' : 'runs']: text.replaceAll(/\s+/g, ',') })}`);
  }
  return (
    <Empty title="Compare runs" icon="chart">
      Compare all versions of a kernel, such as those of a sweep, or select runs in the <a href="#/">list of runs</a>.
      Each run writes its metrics to a JSON file in its output, such as metrics.json.
      <form class="compare-chooser" onSubmit={submit}>
        <label>
          <span class="hidden">Kernel or runs</span>
          <input name="what" required placeholder="owner/kernel, or runs: a/b/1,a/b/2" />
        </label>
        <Button kind="primary" type="submit">
          Compare
        </Button>
      </form>
    </Empty>
  );
}
