/** The shape of the list while it is loaded. */
export function LoadingRows() {
  return (
    <div class="card runs-loading" role="status" aria-label="Loading runs">
      {['a', 'b', 'c', 'd', 'e', 'f'].map((name) => (
        <div key={name}>
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}
