import './ui/tokens.css';
import './ui/base.css';
import { render } from 'preact';
import { App } from './app/app.tsx';
import { installServiceWorker } from './app/updates.ts';

render(<App />, document.getElementById('app')!);

// After what the page shows first.
addEventListener('load', () => void installServiceWorker());
