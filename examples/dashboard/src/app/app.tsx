import { useLayoutEffect, useRef } from 'preact/hooks';
import { Announcer } from '../ui/announce.tsx';
import { Banners } from './banners.tsx';
import { Boundary } from './boundary.tsx';
import { Header } from './header.tsx';
import { lazy } from './lazy.tsx';
import './app.css';
import { pageOf } from './pages.ts';
import { route } from './route.ts';

const UploadIndicator = lazy(() => import('../upload/indicator.tsx'), { pending: null });

/** The frame around all pages. */
export function App() {
  const { name, params, query, path } = route.value;
  const { title, Page } = pageOf(name);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useLayoutEffect(() => {
    // Pages may set a title that says more, in an effect.
    document.title = `${title} · Kaggle dashboard`;
    // A new page: screen readers and the keyboard continue at its beginning, as after a navigation between documents.
    if (shown.current !== path) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    shown.current = path;
  }, [path, title]);
  return (
    <>
      {/* Not a link: the hash of the address belongs to the router. */}
      <button type="button" class="app-skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Header current={name} />
      <Banners />
      <main id="main" class="app-main" tabIndex={-1} ref={main}>
        <Boundary key={path}>
          <Page params={params} query={query} />
        </Boundary>
      </main>
      <UploadIndicator />
      <Announcer />
    </>
  );
}
