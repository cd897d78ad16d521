import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';
import './banner.css';

/** A line below the header about the state of the whole app. Screen readers announce it when they are idle. */
export function Banner({ icon, children }: { icon: IconName; children: ComponentChildren }) {
  return (
    <div class="banner" role="status">
      <div class="banner-row">
        <Icon name={icon} />
        {children}
      </div>
    </div>
  );
}
