import type { PageProps } from '../../app/route.ts';

export default function Page({ params }: PageProps) {
  return (
    <>
      <h1>New run</h1>
      <p>{params.join('/')}</p>
    </>
  );
}
