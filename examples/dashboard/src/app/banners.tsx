import { useEffect } from 'preact/hooks';
import { isUnreachable, noteReached } from '../data/network.ts';
import { ask, checkSession, isAsking, isSignedOut, signOutFailure } from '../data/session.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { lazy } from './lazy.tsx';
import { update } from './update.ts';

const SignIn = lazy(() => import('./sign-in.tsx'), { pending: null });

/** Milliseconds between two attempts to reach the server, for pages that send nothing else. */
const interval = 5000;

function Unreachable() {
  useEffect(() => {
    const attempt = () => {
      if (!document.hidden)
        checkSession().then(
          () => noteReached(true),
          () => undefined,
        );
    };
    const timer = setInterval(attempt, interval);
    addEventListener('online', attempt);
    return () => {
      clearInterval(timer);
      removeEventListener('online', attempt);
    };
  }, []);
  return (
    <Banner icon="offline">
      <p>No connection to the server. The page shows what it knows, and continues by itself.</p>
    </Banner>
  );
}

/** What concerns the whole app: the session, the network, a new version. */
export function Banners() {
  return (
    <>
      {isSignedOut.value && !isAsking.value && (
        <Banner icon="alert">
          <p>You are signed out. What you were doing continues after you sign in.</p>
          <Button onClick={() => ask(true)}>Sign in</Button>
        </Banner>
      )}
      {isSignedOut.value && <SignIn />}
      {signOutFailure.value !== undefined && (
        <Banner icon="alert">
          <p>You are still signed in: {signOutFailure.value}. Try again to sign out.</p>
        </Banner>
      )}
      {isUnreachable.value && <Unreachable />}
      {update.value && (
        <Banner icon="download">
          <p>A new version of the dashboard is ready.</p>
          <Button onClick={update.value}>Reload</Button>
        </Banner>
      )}
    </>
  );
}
