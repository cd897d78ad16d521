import { Icon } from '../ui/icon.tsx';
import { setTheme, type Theme, theme } from './theme.ts';
import './header.css';

const links: readonly (readonly [name: string, label: string])[] = [
  ['', 'Runs'],
  ['compare', 'Compare'],
  ['quota', 'Quota'],
];

const next: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

/** Name, navigation, theme. */
export function Header({ current }: { current: string }) {
  return (
    <header class="header">
      <div class="header-row">
        <a class="header-name" href="#/">
          <Icon name="logo" />
          <span>Kaggle dashboard</span>
        </a>
        <nav class="header-nav" aria-label="Pages">
          {links.map(([name, label]) => (
            <a key={name} href={`#/${name}`} aria-current={current === name ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <button
          type="button"
          class="header-theme"
          aria-label={`Theme: ${theme.value}. Switch to ${next[theme.value]}`}
          title={`Theme: ${theme.value}`}
          onClick={() => setTheme(next[theme.value])}
        >
          <Icon name={theme.value} />
        </button>
        <a class="button button-primary header-new" href="#/new" aria-current={current === 'new' ? 'page' : undefined}>
          <Icon name="plus" />
          New run
        </a>
      </div>
    </header>
  );
}
