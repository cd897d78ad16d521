import { type ComponentChildren, createContext } from 'preact';
import { useContext, useId, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';
import './menu.css';

const Close = createContext<() => void>(() => undefined);

export interface MenuProps {
  /** Name of the button, for screen readers. */
  label: string;
  icon?: IconName;
  /** `MenuItem`s. Rendered while the menu is open. */
  children: ComponentChildren;
}

/** Height from which a menu opens upwards, above its button, near the end of the window. */
const room = 220;

/** A button with a menu of actions. Arrow keys move in it; Escape, and a click beside it, close it. */
export function Menu({ label, icon = 'more', children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const id = useId();

  function place(): void {
    const { top, bottom, right } = button.current!.getBoundingClientRect();
    const isLow = bottom + room > innerHeight && top > room;
    Object.assign(menu.current!.style, {
      right: `${Math.max(8, document.documentElement.clientWidth - right)}px`,
      top: isLow ? 'auto' : `${bottom + 4}px`,
      bottom: isLow ? `${innerHeight - top + 4}px` : 'auto',
    });
  }

  const items = () => [...menu.current!.querySelectorAll<HTMLElement>('[role^="menuitem"]')];

  function move(event: KeyboardEvent): void {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === 'Tab') menu.current!.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    all.at(next % all.length)?.focus();
  }

  return (
    <>
      <button
        type="button"
        class="button button-quiet button-icon"
        ref={button}
        popovertarget={id}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
      >
        <Icon name={icon} />
      </button>
      <div
        id={id}
        class="menu"
        ref={menu}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        onKeyDown={move}
        onBeforeToggle={({ newState }) => {
          if (newState === 'closed') return;
          setOpen(true);
          place();
        }}
        onToggle={({ newState }) => {
          // The items may still be loaded: the arrow keys find them from the menu.
          if (newState === 'open') (items()[0] ?? menu.current)?.focus();
          // Not before: the browser returns the focus from an item that is there.
          else setOpen(false);
        }}
      >
        {open && <Close.Provider value={() => menu.current?.hidePopover()}>{children}</Close.Provider>}
      </div>
    </>
  );
}

export interface MenuItemProps {
  icon?: IconName;
  /** An address, in place of `onClick`. Addresses of other sites open in a new tab. */
  href?: string;
  onClick?: () => void;
  /** For one of several values: whether it is the current one. */
  checked?: boolean;
  danger?: boolean;
  children: ComponentChildren;
}

export function MenuItem({ icon, href, onClick, checked, danger, children }: MenuItemProps) {
  const close = useContext(Close);
  const content = (
    <>
      <span class="menu-icon">{checked ? <Icon name="check" /> : icon && <Icon name={icon} />}</span>
      {children}
    </>
  );
  const classes = danger ? 'menu-item menu-danger' : 'menu-item';
  if (href !== undefined) {
    const other = href.startsWith('#') ? {} : { target: '_blank', rel: 'noreferrer' };
    return (
      <a class={classes} role="menuitem" tabIndex={-1} href={href} {...other} onClick={close}>
        {content}
      </a>
    );
  }
  const role =
    checked === undefined ? { role: 'menuitem' as const } : { role: 'menuitemradio' as const, 'aria-checked': checked };
  return (
    <button
      type="button"
      class={classes}
      {...role}
      tabIndex={-1}
      onClick={() => {
        close();
        onClick?.();
      }}
    >
      {content}
    </button>
  );
}
