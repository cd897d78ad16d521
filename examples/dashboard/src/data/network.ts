import { type ReadonlySignal, signal } from '@preact/signals';

const offline = signal(!navigator.onLine);
const hidden = signal(document.hidden);
addEventListener('online', () => {
  offline.value = false;
});
addEventListener('offline', () => {
  offline.value = true;
});
const unreachable = signal(false);
document.addEventListener('visibilitychange', () => {
  hidden.value = document.hidden;
});

/** Whether the device has no network. A server on the same device may be reachable nevertheless. */
export const isOffline: ReadonlySignal<boolean> = offline;

/** Whether nobody sees the page: it is in a tab in the background, for example. */
export const isHidden: ReadonlySignal<boolean> = hidden;

/** Whether the last request did not reach the server. */
export const isUnreachable: ReadonlySignal<boolean> = unreachable;

/** Records whether a request reached the server. */
export function noteReached(reached: boolean): void {
  unreachable.value = !reached;
}
