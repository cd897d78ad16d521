import type { ComponentChildren } from 'preact';

export interface ScrollProps {
  /** What the region shows, for screen readers. */
  label: string;
  class?: string;
  children?: ComponentChildren;
}

/** The region of a preview that scrolls. The keyboard can reach it. */
export function Scroll({ label, class: more = '', children }: ScrollProps) {
  return (
    <section
      class={`preview-scroll ${more}`}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by the keyboard
      tabIndex={0}
    >
      {children}
    </section>
  );
}
