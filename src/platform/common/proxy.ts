/**
 * Whether the `fetch` of Deno and Bun sends a request to a proxy: one is set for the protocol of `url`, and NO_PROXY does not contain the
 * host, a parent domain or `*`.
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
