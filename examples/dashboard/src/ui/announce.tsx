import { signal } from '@preact/signals';

const message = signal('');

/** Has screen readers say a short text when they are idle: `announce('alice/train: complete')`. */
export function announce(text: string): void {
  // The same text twice would not be a change.
  message.value = text === message.peek() ? `${text}\u00a0` : text;
}

/** The live region of the app. */
export function Announcer() {
  return (
    <div class="hidden" role="status" aria-live="polite">
      {message.value}
    </div>
  );
}
