import type { AppOptions } from './app.ts';

/** Variables of a deployment. */
export interface Variables {
  readonly DASHBOARD_PASSWORD?: string | undefined;
  readonly DASHBOARD_ORIGIN?: string | undefined;
  readonly DASHBOARD_SECRET?: string | undefined;
  readonly KAGGLE_ENDPOINT?: string | undefined;
}

function originOf(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/') return url.origin;
  throw new Error(
    `DASHBOARD_ORIGIN: expected the address of the page, such as https://dashboard.example.com, got ${JSON.stringify(text)}`,
  );
}

/**
 * Reads the options of a deployment from its variables: `DASHBOARD_PASSWORD` (required), `DASHBOARD_ORIGIN` (the addresses
 * of the page, separated by commas) and `DASHBOARD_SECRET`.
 *
 * @throws If the password is missing, as everybody could use the account on a public address; or if an origin is invalid.
 */
export function settingsOf(variables: Variables): Pick<AppOptions, 'password' | 'origins' | 'secret'> {
  const { DASHBOARD_PASSWORD: password, DASHBOARD_ORIGIN: origin, DASHBOARD_SECRET: secret } = variables;
  if (!password) throw new Error('DASHBOARD_PASSWORD is not set; choose a password of at least 12 characters');
  const origins = (origin ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(originOf);
  return { password, origins: origins.length > 0 ? origins : undefined, secret: secret || undefined };
}
