import { Empty } from '../../ui/empty.tsx';

export default function Page() {
  return (
    <Empty heading="h1" title="Page not found" action={<a href="#/">Show all runs</a>}>
      This address leads to no page of the dashboard.
    </Empty>
  );
}
