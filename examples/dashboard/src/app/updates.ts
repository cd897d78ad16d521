import { update } from './update.ts';

let registration: ServiceWorkerRegistration | undefined;

function noticeUpdate(worker: ServiceWorker | null): void {
  if (!worker) return;
  const look = () => {
    // Without a controller, this is the first version.
    if (worker.state === 'installed' && navigator.serviceWorker.controller) update.value = applyUpdate;
  };
  worker.addEventListener('statechange', look);
  look();
}

/** Installs the service worker, so that the app opens without a network. The app also works without it. */
export async function installServiceWorker(): Promise<void> {
  // Not in development, where files change all the time, and not by plain http, except on this device.
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    registration = await navigator.serviceWorker.register('./sw.js');
  } catch (error) {
    console.warn(`offline use is not available: ${error instanceof Error ? error.message : error}`);
    return;
  }
  // Test tools may block it.
  if (!registration) return;
  const found = registration;
  // An update that began before this code was loaded.
  noticeUpdate(found.waiting);
  noticeUpdate(found.installing);
  found.addEventListener('updatefound', () => noticeUpdate(found.installing));
  // The page may stay open for days.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) found.update().catch(() => undefined);
  });
  if (!navigator.serviceWorker.controller) return;
  // Another tab has started the newer version.
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    update.value = applyUpdate;
  });
}

/** Starts the newer version in all tabs. This tab is loaded again. */
function applyUpdate(): void {
  const reload = () => location.reload();
  navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true });
  if (registration?.waiting) registration.waiting.postMessage('update');
  // Another tab has started it.
  else reload();
}
