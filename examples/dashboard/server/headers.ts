/**
 * The content security policy of the page: nothing is loaded from elsewhere, no inline script or style is applied, and
 * other sites cannot embed the page. `blob:` is for media and documents that the page itself creates from output files.
 */
const policy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  'media-src blob:',
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const always: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Adds the security headers. Headers that are set already stay: the proxy has a stricter policy for its responses. */
export function withSecurityHeaders(response: Response, isSecure: boolean): Response {
  // Responses of fetch and of asset bindings cannot be changed.
  const changed = new Response(response.body, response);
  for (const [name, value] of Object.entries(always)) if (!changed.headers.has(name)) changed.headers.set(name, value);
  if (isSecure) changed.headers.set('strict-transport-security', 'max-age=31536000');
  return changed;
}
