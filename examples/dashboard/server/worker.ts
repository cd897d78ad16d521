/** The dashboard on Cloudflare Workers: `npm run build && npx wrangler deploy`. wrangler.jsonc names the secrets. */
import { createClient, workersPlatform } from 'kaggle-ts/workers';
import { type App, createApp } from './app.ts';
import { errorPage } from './replies.ts';
import { settingsOf, type Variables } from './settings.ts';

export interface Env extends Variables {
  /** The files of the built page. */
  readonly ASSETS: { fetch(request: Request): Promise<Response> };
  /** API token of Kaggle. */
  readonly KAGGLE_API_TOKEN?: string | undefined;
}

/** Kept for later requests, so that limits count them all. */
let app: App | undefined;

function open(env: Env): App {
  const client = createClient({ endpoint: env.KAGGLE_ENDPOINT || undefined, platform: workersPlatform({ env }) });
  return createApp({ client, files: (request) => env.ASSETS.fetch(request), ...settingsOf(env) });
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    try {
      app ??= open(env);
    } catch (error) {
      const { message } = error as Error;
      console.error(`dashboard: ${message}`);
      return errorPage(500, 'The dashboard is not set up', message);
    }
    return app(request, { address: request.headers.get('cf-connecting-ip') });
  },
};
