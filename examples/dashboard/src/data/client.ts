import { createClient, type KaggleClient } from 'kaggle-ts/browser';
import { withSignIn } from './with-sign-in.ts';

/**
 * The client of the whole app. The proxy of the server adds the credential; the page never sees it. It stores nothing: see
 * `transferClient`.
 */
export const client: KaggleClient = withSignIn(createClient({ endpoint: '/kaggle', credential: 'proxy' }));
