import { type ComponentType, type FunctionComponent, h, type VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../ui/problem.tsx';
import { Skeleton } from '../ui/skeleton.tsx';

/**
 * A component whose code is loaded when it is first shown. Until then it shows `pending`, by default a skeleton; if the code cannot be
 * loaded, the problem and a button to retry.
 */
export function lazy<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  { pending = <Skeleton /> }: { pending?: VNode | null } = {},
): FunctionComponent<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const [Part, setPart] = useState(() => loaded);
    const [error, setError] = useState<unknown>();
    const [attempt, setAttempt] = useState(0);
    // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads again
    useEffect(() => {
      if (Part) return;
      setError(undefined);
      load().then((module) => {
        loaded = module.default;
        setPart(() => loaded);
      }, setError);
    }, [attempt]);
    if (Part) return h(Part as ComponentType<object>, props);
    // A newer version of the app may have other files.
    if (error && attempt > 0) return <Problem error={error} onRetry={() => location.reload()} retryLabel="Reload" />;
    if (error) return <Problem error={error} onRetry={() => setAttempt(attempt + 1)} />;
    return pending;
  };
}
