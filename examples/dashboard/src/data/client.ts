import { browserPlatform, createClient, indexedDbState, type KaggleClient, opfs } from 'kaggle-ts/browser';

/** The client of the whole app. The proxy of the server adds the credential; the page never sees it. */
export const client: KaggleClient = createClient({
  endpoint: '/kaggle',
  credential: 'proxy',
  platform: browserPlatform({ state: indexedDbState(), fs: opfs('dashboard') }),
});
