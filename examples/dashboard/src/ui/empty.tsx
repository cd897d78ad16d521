import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';
import './empty.css';

export interface EmptyProps {
  title: string;
  /** Element of the title. @default 'h2' */
  heading?: 'h1' | 'h2' | 'h3';
  icon?: IconName;
  /** One or two sentences. */
  children?: ComponentChildren;
  /** What to do next: a button or a link. */
  action?: ComponentChildren;
}

/** Says that there is nothing to show, and what to do about it. */
export function Empty({ title, heading: Heading = 'h2', icon, children, action }: EmptyProps) {
  return (
    <div class="empty">
      {icon && <Icon name={icon} size={28} />}
      <Heading>{title}</Heading>
      {children && <p class="muted">{children}</p>}
      {action && <div class="empty-action">{action}</div>}
    </div>
  );
}
