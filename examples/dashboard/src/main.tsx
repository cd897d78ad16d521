import './ui/tokens.css';
import './ui/base.css';
import { render } from 'preact';
import { App } from './app/app.tsx';

render(<App />, document.getElementById('app')!);

async function installServiceWorker(): Promise<void> {
  const updates = await import('./app/updates.ts');
  await updates.installServiceWorker();
}

// After what the page shows first. The app also works without it.
addEventListener('load', () => void installServiceWorker().catch(() => undefined));
