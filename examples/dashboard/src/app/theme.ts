import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { readSetting, writeSetting } from '../data/storage.ts';

/** `system` follows the setting of the operating system. */
export type Theme = 'system' | 'light' | 'dark';

const key = 'theme';

function stored(): Theme {
  const value = readSetting(key);
  return value === 'light' || value === 'dark' ? value : 'system';
}

const chosen = signal<Theme>(stored());
const system = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(system.matches);
system.addEventListener('change', () => {
  systemDark.value = system.matches;
});

effect(() => {
  const { dataset } = document.documentElement;
  if (chosen.value === 'system') delete dataset.theme;
  else dataset.theme = chosen.value;
});

/** The chosen theme. */
export const theme: ReadonlySignal<Theme> = chosen;

/** Whether the page is dark now: for what CSS cannot color, such as charts. Read `.value` in a component to follow changes. */
export function isDark(): boolean {
  return chosen.value === 'dark' || (chosen.value === 'system' && systemDark.value);
}

export function setTheme(value: Theme): void {
  chosen.value = value;
  writeSetting(key, value === 'system' ? undefined : value);
}
