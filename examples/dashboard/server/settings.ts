import type { AppOptions } from './app.ts';

/** Variables of a deployment. */
export interface Variables {
  readonly DASHBOARD_PASSWORD?: string | undefined;
  readonly DASHBOARD_ORIGIN?: string | undefined;
  readonly DASHBOARD_SECRET?: string | undefined;
  readonly KAGGLE_ENDPOINT?: string | undefined;
}

/**
 * Reads the options of a deployment from its variables: `DASHBOARD_PASSWORD` (required), `DASHBOARD_ORIGIN` (the addresses
 * of the page, separated by commas) and `DASHBOARD_SECRET`.
 *
 * @throws If the password is missing: on a public address, everybody could use the account.
 */
export function settingsOf(variables: Variables): Pick<AppOptions, 'password' | 'origins' | 'secret'> {
  const { DASHBOARD_PASSWORD: password, DASHBOARD_ORIGIN: origin, DASHBOARD_SECRET: secret } = variables;
  if (!password) throw new Error('DASHBOARD_PASSWORD is not set; choose a password of at least 12 characters');
  const origins = (origin ?? '').split(',').flatMap((text) => text.trim() || []);
  return { password, origins: origins.length > 0 ? origins : undefined, secret: secret || undefined };
}
