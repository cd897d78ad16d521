import { isUnreachable } from '../data/network.ts';
import { ask, isAsking, isSignedOut } from '../data/session.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { lazy } from './lazy.tsx';
import { applyUpdate, isUpdateReady } from './updates.ts';

const SignIn = lazy(() => import('./sign-in.tsx'));

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
      {isUnreachable.value && (
        <Banner icon="offline">
          <p>No connection to the server. The page shows what it knows, and continues by itself.</p>
        </Banner>
      )}
      {isUpdateReady.value && (
        <Banner icon="download">
          <p>A new version of the dashboard is ready.</p>
          <Button onClick={applyUpdate}>Reload</Button>
        </Banner>
      )}
    </>
  );
}
