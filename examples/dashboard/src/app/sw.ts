/**
 * The service worker: keeps the files of the app, so that it opens without a network. It stores nothing else: requests to Kaggle and
 * for the session pass by.
 */

// The build fills these in.
declare const __FILES__: string[];
declare const __VERSION__: string;

// TypeScript describes workers and pages in two libraries that exclude each other.
interface LifetimeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface RequestEvent extends LifetimeEvent {
  request: Request;
  respondWith(response: Promise<Response>): void;
}
const worker = globalThis as unknown as {
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
};

const prefix = 'kaggle-dashboard-';
const cacheName = prefix + __VERSION__;
const page = new URL('./', location.href).href;
const known = new Set([page, ...__FILES__.map((name) => new URL(name, page).href)]);

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  // The page may be in the HTTP cache with an old content.
  await cache.addAll([...known].map((url) => new Request(url, url === page ? { cache: 'no-cache' } : {})));
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function respond(url: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(url)) ?? fetch(request);
}

addEventListener('install', (event) => (event as LifetimeEvent).waitUntil(install()));
addEventListener('activate', (event) => (event as LifetimeEvent).waitUntil(activate()));
addEventListener('message', ({ data }) => {
  if (data === 'update') void worker.skipWaiting();
});
addEventListener('fetch', (event) => {
  const { request, respondWith } = event as RequestEvent;
  const { origin, pathname } = new URL(request.url);
  const url = origin + pathname;
  if (request.method === 'GET' && known.has(url)) respondWith.call(event, respond(url, request));
});
