import { type ApiGetKernelResponse, get } from 'kaggle-ts/kernels';
import { useEffect, useState } from 'preact/hooks';
import { client } from '../../data/client.ts';

/**
 * The settings and the source of a version. They are read again when `status` changes, until they are there: Kaggle may not show a new
 * kernel yet. That they are missing is not an error of the page.
 */
export function useKernel(name: string, status: string | undefined): ApiGetKernelResponse | undefined {
  const [kernel, setKernel] = useState<ApiGetKernelResponse>();
  const isMissing = kernel === undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (!isMissing) return;
    const controller = new AbortController();
    get(client, name, { signal: controller.signal }).then(setKernel, () => undefined);
    return () => controller.abort();
  }, [name, status, isMissing]);
  return kernel;
}
