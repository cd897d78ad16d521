import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';
import './button.css';

export interface ButtonProps extends Omit<ButtonHTMLAttributes, 'icon'> {
  /** `primary` for the main action of a page, `danger` for what cannot be undone, `quiet` without a border. @default 'plain' */
  kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  icon?: IconName;
  /** Work in progress: shows a spinner, and ignores clicks. The button keeps the focus. */
  busy?: boolean;
  /** Without text, pass `aria-label`. */
  children?: ComponentChildren;
}

export function Button({ kind = 'plain', icon, busy, children, onClick, class: more, ...rest }: ButtonProps) {
  const classes = ['button', `button-${kind}`, !children && 'button-icon', more].filter(Boolean).join(' ');
  return (
    <button
      type="button"
      {...rest}
      class={classes}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? undefined : onClick}
      title={rest.title ?? (children ? undefined : rest['aria-label'])}
    >
      {busy ? <span class="button-spinner" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
