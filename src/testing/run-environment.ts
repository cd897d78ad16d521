/** The environment variables of a run on Kaggle. Tokens and URLs are placeholders. */
export function runEnvironment(sessionId: number): Record<string, string> {
  return {
    KAGGLE_KERNEL_RUN_TYPE: 'Batch',
    // The number is the session id, which CancelKernelSession takes.
    KAGGLE_CONTAINER_NAME: `kaggle-emulator-${sessionId}`,
    KAGGLE_URL_BASE: 'https://www.kaggle-emulator.invalid',
    KAGGLE_DATA_PROXY_URL: 'https://dp.kaggle-emulator.invalid',
    KAGGLE_DATA_PROXY_TOKEN: 'emulator-data-proxy-token',
    KAGGLE_DATA_PROXY_PROJECT: 'kaggle-emulator',
    KAGGLE_USER_SECRETS_TOKEN: 'emulator-user-secrets-token',
    KAGGLE_KERNEL_INTEGRATIONS: '',
    KAGGLE_DOCKER_IMAGE: `gcr.io/kaggle-images/python@sha256:${'0'.repeat(64)}`,
    KAGGLE_GCP_ZONE: 'emulator',
    // The path of a file that does not exist.
    KAGGLE_API_V1_TOKEN: '/etc/secrets/kaggle/api-v1-token',
    KAGGLE_WORKING_DIR: '/kaggle/working',
    KAGGLE_DATASET_PATH: '/kaggle/input',
    KAGGLE_GYM_DATASET_PATH: '/kaggle/input',
  };
}
