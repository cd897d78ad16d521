/**
 * Whether the `fetch` of Deno and Bun would send a request to `url` to a proxy: one is set for its protocol, and
 * NO_PROXY does not name its host (or a domain above it, or `*`).
 */
export function usesProxy(url: string, env: (name: string) => string | undefined): boolean {
  const { protocol, hostname, host } = new URL(url);
  const variable = (name: string) => env(name.toLowerCase()) || env(name.toUpperCase());
  if (!(variable(protocol === 'https:' ? 'https_proxy' : 'http_proxy') || variable('all_proxy'))) return false;
  const exempt = (variable('no_proxy') ?? '')
    .split(',')
    .map((entry) =>
      entry
        .trim()
        .toLowerCase()
        .replace(/^\*?\./, ''),
    )
    .filter((entry) => entry !== '');
  const name = hostname.replace(/^\[|\]$/g, '');
  return !exempt.some((entry) => entry === '*' || entry === name || entry === host || name.endsWith(`.${entry}`));
}
