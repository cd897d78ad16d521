import './icon.css';

/** Shapes in a box of 16 x 16, drawn with lines. */
const shapes = {
  logo: 'M3 13V3M3 9l6-6M5.5 7l5.5 6M13 3v10',
  plus: 'M8 3v10M3 8h10',
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'm4 4 8 8m0-8-8 8',
  alert: 'M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.6v.1',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 5v3.2l2 1.3',
  stop: 'M4.5 4.5h7v7h-7z',
  rerun: 'M13 8a5 5 0 1 1-1.6-3.7L13 5.8M13 2.5v3.3H9.7',
  open: 'M9.5 3H13v3.5M13 3 7.5 8.5M11 9.5V13H3V5h3.5',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3 14 14',
  download: 'M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13.5h10',
  upload: 'M8 10.5V3M4.8 6 8 2.8 11.2 6M3 13.5h10',
  image: 'M2 3h12v10H2zM2 11.5l3.5-3.5 4 4M8.5 11l2.5-2.5 3 3M10.8 5.8v.1',
  table: 'M2 3h12v10H2zM2 6.5h12M6.5 3v10',
  file: 'M4 2h5l3 3v9H4zM9 2v3h3',
  folder: 'M2 4h4l1.5 1.5H14V13H2z',
  chart: 'M2.5 2.5v11h11M5 10.5 8 7l2 2 3.5-4.5',
  chip: 'M5 5h6v6H5zM3 3h10v10H3zM6 1v2M10 1v2M6 13v2M10 13v2M1 6h2M1 10h2M13 6h2M13 10h2',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9',
  more: 'M3 8h.01M8 8h.01M13 8h.01',
  person: 'M8 2.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M2.8 13.8c.4-2.6 2.5-4 5.2-4s4.8 1.4 5.2 4',
  out: 'M6 2.5H3v11h3M10 5l3 3-3 3M13 8H6',
  up: 'm4 10 4-4 4 4',
  down: 'm4 6 4 4 4-4',
  left: 'm10 4-4 4 4 4',
  right: 'm6 4 4 4-4 4',
  offline: 'M2 2l12 12M5 8.5A4.5 4.5 0 0 1 8 7.3M2.5 6A8 8 0 0 1 5 4.4M8.5 4a8 8 0 0 1 5 2M8 12v.1',
  code: 'M5.5 4 2 8l3.5 4M10.5 4 14 8l-3.5 4',
  wrap: 'M2.5 3.5h11M2.5 8h8.7a2.2 2.2 0 0 1 0 4.5H8M9.8 10.7 8 12.5l1.8 1.8M2.5 12.5h2.5',
  end: 'M8 2.5v8M4.8 7.5 8 10.7l3.2-3.2M3 13.5h10',
  system: 'M2 3h12v8H2zM6 13.5h4M8 11v2.5',
  light:
    'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  dark: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5',
} as const;

export type IconName = keyof typeof shapes;

/** A small picture. Decoration: the text beside it, or the label of the button, says the same. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      class={`icon icon-${name}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={shapes[name]} />
    </svg>
  );
}
