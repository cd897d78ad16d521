import { useEffect, useId, useState } from 'preact/hooks';
import { ask, checkSession, isAsking, signIn } from '../data/session.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import './sign-in.css';

/** Asks for the password of the dashboard. The page behind it keeps its state. */
export default function SignIn() {
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const form = useId();
  const field = useId();
  useEffect(() => {
    // Somebody may have signed in in another tab.
    const look = () => {
      if (!document.hidden) checkSession().catch(() => undefined);
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await signIn(password);
      setPassword('');
    } catch (error) {
      setError((error as Error).message);
      document.getElementById(field)?.focus();
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog
      title="Sign in"
      open={isAsking.value}
      onClose={() => ask(false)}
      actions={
        <Button kind="primary" type="submit" form={form} busy={busy}>
          Sign in
        </Button>
      }
    >
      <p class="muted">Enter the password of this dashboard. What you were doing continues then.</p>
      <form id={form} class="sign-in" onSubmit={submit}>
        {/* Password managers store the password under this name. */}
        <input type="text" name="username" autocomplete="username" value="dashboard" readOnly hidden />
        <label for={field}>Password</label>
        <input
          id={field}
          type="password"
          name="password"
          autocomplete="current-password"
          required
          autoFocus
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${field}-error` : undefined}
        />
        {error && (
          <p class="sign-in-error" id={`${field}-error`} role="alert">
            {error}
          </p>
        )}
      </form>
    </Dialog>
  );
}
