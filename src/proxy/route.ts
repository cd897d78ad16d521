import { transferPath } from '../core/transfer/storage.ts';
import { Refusal } from './refusal.ts';

/** The method of the log stream, whose rule also counts for `GET kernels/logs/stream/...`. */
export const logMethod = 'kernels.KernelsApiService/GetKernelSessionLogsStream';

/** What a request is for. */
export type Route =
  | { readonly type: 'call'; readonly method: string }
  | {
      readonly type: 'log';
      readonly method: string;
      readonly owner: string;
      readonly slug: string;
      readonly label: string;
    }
  | { readonly type: 'upload' | 'download'; readonly method: undefined; readonly sealed: string };

/** Paths are compared as they are: nothing is decoded, so that escapes, dots and empty segments match nothing. */
const call = /^([A-Za-z]\w*(?:\.\w+)+\/[A-Za-z]\w*)$/;
const log = /^kernels\/logs\/stream\/([\w-]{1,100})\/([\w-]{1,200})$/;
const transfer = /^transfer\/([\w-]{1,16384})$/;

/** The URL of a transfer, below the base URL that the client gave. */
export const transferUrl = (base: string, sealed: string): string => base + transferPath + sealed;

function expectMethod(method: string, allowed: readonly string[]): void {
  if (allowed.includes(method)) return;
  throw new Refusal(405, `expected ${allowed.join(' or ')}, got ${method.slice(0, 20)}`, 'method', {
    allow: allowed.join(', '),
  });
}

/** Reads the URL and the HTTP method of a request; `wanted` is that of the request to come for a preflight request. */
export function routeOf(url: URL, wanted: string, path: string): Route {
  const rest = url.pathname.startsWith(`${path}/`) ? url.pathname.slice(path.length + 1) : '';
  const called = call.exec(rest)?.[1];
  const logged = log.exec(rest);
  const moved = transfer.exec(rest)?.[1];
  if (called) {
    expectMethod(wanted, ['POST']);
    if (url.search) throw new Refusal(400, `${called}: expected no query`, 'path');
    return { type: 'call', method: called };
  }
  if (logged) {
    expectMethod(wanted, ['GET']);
    const [, label] = /^(?:\?versionLabel=(v\d{1,9}))?$/.exec(url.search) ?? [];
    if (label === undefined && url.search)
      throw new Refusal(400, 'the log of a run: expected no query, or ?versionLabel=v and a number', 'path');
    return { type: 'log', method: logMethod, owner: logged[1]!, slug: logged[2]!, label: label ?? '' };
  }
  if (moved) {
    expectMethod(wanted, ['GET', 'PUT']);
    if (url.search) throw new Refusal(400, 'a transfer: expected no query', 'path');
    return { type: wanted === 'PUT' ? 'upload' : 'download', method: undefined, sealed: moved };
  }
  throw new Refusal(404, `no such address; expected POST ${path}/SERVICE/METHOD`, 'path');
}
