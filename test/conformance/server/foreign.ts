import { pattern } from '../assert.ts';

const cors = {
  'access-control-allow-origin': '*',
  // Authorization is allowed on purpose: a page that sent it here would be caught by the record, not by the preflight.
  'access-control-allow-headers': '*, authorization, content-type',
  'access-control-allow-methods': '*',
  'access-control-expose-headers': '*',
};

/**
 * An origin that is not Kaggle's. `/echo/...` returns the request, `/file/<name>` with a few bytes; anything
 * else with an empty JSON object.
 */
export async function foreign(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: cors });
  if (pathname.startsWith('/echo')) {
    const headers = Object.fromEntries(request.headers);
    return Response.json({ method: request.method, headers, body: await request.text() }, { headers: cors });
  }
  if (pathname.startsWith('/file/')) {
    const bytes = pathname.endsWith('.bin') ? pattern(64 * 1024) : new TextEncoder().encode(`content of ${pathname}\n`);
    return new Response(bytes, { headers: { ...cors, 'content-length': String(bytes.length) } });
  }
  return Response.json({}, { headers: cors });
}
