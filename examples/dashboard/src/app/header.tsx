import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { lazy } from './lazy.tsx';
import './header.css';

const AccountMenu = lazy(() => import('./account-menu.tsx'), { pending: null });

const links: readonly (readonly [name: string, label: string])[] = [
  ['', 'Runs'],
  ['compare', 'Compare'],
  ['quota', 'Quota'],
];

/** `page` for the page itself, `true` for one below it. */
function currentness(name: string, current: string): 'page' | 'true' | undefined {
  if (current === name) return 'page';
  return name === '' && (current === 'run' || current === 'job') ? 'true' : undefined;
}

/** Name, navigation, theme and account. */
export function Header({ current }: { current: string }) {
  return (
    <header class="header">
      <div class="header-row">
        <a class="header-name" href="#/">
          <Icon name="logo" size={18} />
          <span>Kaggle dashboard</span>
        </a>
        <nav class="header-nav" aria-label="Pages">
          {links.map(([name, label]) => (
            <a key={name} href={`#/${name}`} aria-current={currentness(name, current)}>
              {label}
            </a>
          ))}
        </nav>
        <a class="button button-primary header-new" href="#/new" aria-current={current === 'new' ? 'page' : undefined}>
          <Icon name="plus" />
          <span>New run</span>
        </a>
        <Menu label="Account and theme" icon="person">
          <AccountMenu />
        </Menu>
      </div>
    </header>
  );
}
