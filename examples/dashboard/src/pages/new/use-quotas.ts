import type { ApiGetAcceleratorQuotaStatisticsResponse } from 'kaggle-ts/services/kernels';
import { useEffect, useState } from 'preact/hooks';

/** The weekly quota; without it the form works, and Kaggle decides. */
export function useQuotas(): ApiGetAcceleratorQuotaStatisticsResponse | undefined {
  const [quotas, setQuotas] = useState<ApiGetAcceleratorQuotaStatisticsResponse>();
  useEffect(() => {
    const abort = new AbortController();
    import('../../data/quota.ts')
      .then(({ requestQuota }) => requestQuota(abort.signal))
      .then(setQuotas, () => undefined);
    return () => abort.abort();
  }, []);
  return quotas;
}
