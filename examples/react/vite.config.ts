import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [
    {
      name: 'kaggle-proxy',
      // During development, Vite's server adds the credential of this machine. It listens on loopback only.
      async configureServer({ middlewares }) {
        const { createClient } = await import('kaggle-ts');
        const { createProxy, readOnly } = await import('kaggle-ts/proxy');
        const { nodeHandler } = await import('kaggle-ts/proxy/node');
        const handle = nodeHandler(createProxy({ client: createClient(), allow: readOnly, authorize: () => true }));
        middlewares.use((incoming, outgoing, next) => {
          if (incoming.url?.startsWith('/kaggle/')) void handle(incoming, outgoing);
          else next();
        });
      },
    },
  ],
});
