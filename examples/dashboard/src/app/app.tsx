import { useEffect, useRef } from 'preact/hooks';
import { Announcer } from '../ui/announce.tsx';
import { Boundary } from './boundary.tsx';
import { Header } from './header.tsx';
import './app.css';
import { pageOf } from './pages.ts';
import { route } from './route.ts';

/** The frame around all pages. */
export function App() {
  const { name, params, query, hash } = route.value;
  const { title, Page } = pageOf(name);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(hash);
  useEffect(() => {
    document.title = `${title} · Kaggle dashboard`;
    // A new page: screen readers and the keyboard continue at its beginning, as after a navigation between documents.
    if (shown.current !== hash) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    shown.current = hash;
  }, [hash, title]);
  return (
    <>
      {/* Not a link: the hash of the address belongs to the router. */}
      <button type="button" class="app-skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Header current={name} />
      <main id="main" class="app-main" tabIndex={-1} ref={main}>
        <Boundary key={hash}>
          <Page key={`${name}/${params.join('/')}`} params={params} query={query} />
        </Boundary>
      </main>
      <Announcer />
    </>
  );
}
