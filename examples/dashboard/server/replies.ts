/** Why the app refuses a request. */
export interface Refusal {
  status: number;
  /** Name of the status in the body, such as `SESSION_EXPIRED`. */
  reason: string;
  /** What failed, why, and what to do. Never contains a secret. */
  message: string;
  /** What refused the request: `session`, `password`, `attempts`, `host`, `origin`, ... */
  rule: string;
  headers?: Record<string, string>;
}

/** An error response in the form of `kaggle-ts/proxy`, so that the page reads all errors in the same way. */
export function refuse({ status, reason, message, rule, headers }: Refusal): Response {
  const body = { error: { code: status, message, status: reason, rule } };
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A page for people who opened an address that does not exist. Has no styles: the policy of the app forbids inline ones. */
export function errorPage(status: number, title: string, text: string, link = '/'): Response {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
<p><a href="${escaped(link)}">Open the dashboard</a></p>
</html>
`;
  return new Response(html, {
    status,
    headers: { 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' },
  });
}
