import { useEffect, useState } from 'preact/hooks';
import { account } from '../data/account.ts';
import { checkSession, signOut } from '../data/session.ts';
import { forgetAll } from '../data/started.ts';
import { MenuItem } from '../ui/menu.tsx';
import { setTheme, type Theme, theme } from './theme.ts';

const themes: readonly (readonly [theme: Theme, label: string])[] = [
  ['system', 'System theme'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

async function leave(): Promise<void> {
  if (!(await signOut())) return;
  const { forgetRuns } = await import('../data/remembered.ts');
  forgetAll();
  await forgetRuns();
  location.reload();
}

/** The account, the theme, and the way out. */
export default function AccountMenu() {
  const [name, setName] = useState('');
  const [hasSession, setHasSession] = useState(false);
  useEffect(() => {
    account().then(setName, () => undefined);
    checkSession().then(
      ({ required, signedIn }) => setHasSession(required && signedIn),
      () => undefined,
    );
  }, []);
  return (
    <>
      {name && <p class="header-account muted small">Kaggle account {name}</p>}
      {themes.map(([value, label]) => (
        <MenuItem key={value} icon={value} checked={theme.value === value} onClick={() => setTheme(value)}>
          {label}
        </MenuItem>
      ))}
      {hasSession && (
        <MenuItem icon="out" onClick={leave}>
          Sign out
        </MenuItem>
      )}
    </>
  );
}
