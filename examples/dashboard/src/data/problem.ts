import {
  ApiError,
  AuthenticationError,
  ConnectionError,
  IntegrityError,
  isKaggleError,
  KernelFailedError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  TimeoutError,
  TransferError,
  ValidationError,
} from 'kaggle-ts/browser';
import { nextRefill } from './refill.ts';

/** What a page shows of an error. */
export interface ProblemText {
  /** What failed, in a few words. */
  title: string;
  /** Why, and what to do. */
  detail: string;
}

/** A message of kaggle-ts as a sentence, without the methods that failed. It contains no secrets and says what to do. */
export function sentence(message: string): string {
  const text = message.replace(/(^|: )\w+(?:\.\w+)+\/\w+: /g, '$1');
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?)"]$/.test(text) ? '' : '.');
}

const when = new Intl.DateTimeFormat('en', { weekday: 'long', month: 'long', day: 'numeric' });
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit' });

/** The errors of a push that has no quota or no slot. Their classes are not imported: the code of a push is loaded with its page. */
function ofLimit(error: ApiError): ProblemText | undefined {
  const { accelerator = 'accelerator', refilled } = error as { accelerator?: string; refilled?: Date };
  if (error.name === 'QuotaError') {
    const at = refilled ?? nextRefill(new Date());
    const detail = `The weekly quota renews on ${when.format(at)} at ${clock.format(at)}. Until then, choose another accelerator.`;
    return { title: `The ${accelerator} quota is used up`, detail };
  }
  if (error.name !== 'CapacityError') return undefined;
  const detail = 'Kaggle runs no more at the same time. Wait until one ends, or cancel one.';
  return { title: `All ${accelerator} sessions of the account are in use`, detail };
}

function ofResponse(error: ApiError): ProblemText {
  const detail = sentence(error.message);
  if (error.reason === 'SESSION_EXPIRED') return { title: 'Signed out', detail };
  // Names the method and the rule.
  if (error.reason === 'NOT_ALLOWED') return { title: 'This dashboard does not allow that', detail };
  if (error instanceof AuthenticationError || error.status === 424)
    return { title: 'Kaggle rejected the credential of this dashboard', detail };
  if (error instanceof PermissionError) return { title: 'No access', detail };
  if (error instanceof NotFoundError) return { title: 'Not found', detail };
  if (error instanceof RateLimitError) return { title: 'Too many requests', detail };
  if (error.status >= 500) return { title: 'Kaggle is not available', detail };
  if (/\bHTTP 2\d\d with an? /.test(error.message)) {
    const help = 'A proxy, or a network that asks for a sign-in, may have sent it. Check the connection, then retry.';
    return { title: 'The response cannot be read', detail: `${detail} ${help}` };
  }
  return { title: 'Kaggle refused the request', detail };
}

function ofTransfer(error: TransferError): ProblemText {
  const detail = sentence(error.message);
  if (/\bchanged\b/.test(error.message)) return { title: 'The file changed', detail };
  if (/storage for this site is full|storage quota is used up/.test(error.message))
    return { title: 'No space left', detail };
  if (error instanceof IntegrityError) return { title: 'The data arrived damaged', detail };
  return { title: 'The transfer failed', detail };
}

/** Describes an error for the page. */
export function describe(error: unknown): ProblemText {
  const message = error instanceof Error ? error.message : String(error);
  const detail = sentence(message);
  if (error instanceof ConnectionError) {
    const where = navigator.onLine ? 'The server cannot be reached.' : 'This device has no network.';
    return { title: 'No connection', detail: `${where} Check the connection, then retry.` };
  }
  if (error instanceof ApiError) return ofLimit(error) ?? ofResponse(error);
  if (error instanceof TransferError) return ofTransfer(error);
  if (error instanceof TimeoutError) return { title: 'No response in time', detail };
  if (error instanceof KernelFailedError) return { title: 'The run failed', detail };
  if (error instanceof ValidationError) {
    const isJobId = error.issues.some(({ path }) => path === 'id') && /\bjob\b/.test(message);
    return { title: isJobId ? 'This is not the id of a job' : 'Invalid input', detail };
  }
  // By name: the class is loaded with the previews.
  const { name, title } = (error ?? {}) as { name?: string; title?: string };
  if (name === 'PreviewError' && title) return { title, detail };
  if (name === 'QuotaExceededError') {
    const help =
      'The storage of the browser for this site is full. Delete data of this site or free disk space, then retry.';
    return { title: 'No space left', detail: help };
  }
  if (/dynamically imported module|importing a module|preload/i.test(message)) {
    const help = 'The server cannot be reached, or has a newer version of the dashboard. Retry, then reload the page.';
    return { title: 'A part of the dashboard could not be loaded', detail: help };
  }
  return { title: isKaggleError(error) ? 'That did not work' : 'Something went wrong', detail };
}

/** Why something failed, and what to do, in one text: where there is no place for a title. */
export const reasonOf = (error: unknown): string => describe(error).detail;
