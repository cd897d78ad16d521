import { crc32, deflateSync } from 'node:zlib';
import { normal, randomNumbers } from './random.ts';

type Color = readonly [red: number, green: number, blue: number];

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

/** A PNG image: `pixels` are numbers of colors in `palette`, row by row. */
function png(width: number, height: number, palette: readonly Color[], pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  // Eight bits for each pixel, which select a color.
  header.set([8, 3], 8);
  const rows = new Uint8Array(height * (1 + width));
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (1 + width) + 1);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('PLTE', Uint8Array.from(palette.flat())),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ];
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const white: Color = [255, 255, 255];

/** A confusion matrix as a picture: dark blue on the diagonal. */
export function confusionMatrix(classes: number, size = 40): Uint8Array<ArrayBuffer> {
  const random = randomNumbers(7);
  const width = classes * size;
  // From white to dark blue.
  const palette = Array.from({ length: 100 }, (_, index): Color => {
    const share = index / 99;
    return [Math.round(239 - 231 * share), Math.round(246 - 185 * share), Math.round(255 - 136 * share)];
  });
  const pixels = new Uint8Array(width * width).fill(100);
  for (let cell = 0; cell < classes * classes; cell++) {
    const [row, column] = [Math.floor(cell / classes), cell % classes];
    const color = Math.floor(99 * (row === column ? 0.8 + 0.2 * random() : 0.25 * random() ** 4));
    for (let y = row * size + 1; y < (row + 1) * size; y++)
      pixels.fill(color, y * width + column * size + 1, y * width + (column + 1) * size);
  }
  return png(width, width, [...palette, white], pixels);
}

/** Points of three clusters, as a scatter plot. */
export function scatterPlot(width = 640, height = 420): Uint8Array<ArrayBuffer> {
  const random = randomNumbers(11);
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 70) pixels.fill(1, y * width, (y + 1) * width);
  for (let x = 0; x < width; x += 80) for (let y = 0; y < height; y++) pixels[y * width + x] = 1;
  for (const [cluster, middle] of [0.62, 0.35, 0.66].entries()) {
    for (let count = 0; count < 350; count++) {
      const x = Math.round(normal(random, width * (0.25 + 0.25 * cluster), width * 0.07));
      const y = Math.round(normal(random, height * middle, height * 0.1));
      for (let dx = -2; dx <= 2; dx++)
        for (let dy = -2; dy <= 2; dy++) if (dx * dx + dy * dy <= 5) pixels[(y + dy) * width + x + dx] = 2 + cluster;
    }
  }
  const palette: Color[] = [white, [229, 231, 235], [37, 99, 235], [217, 119, 6], [5, 150, 105]];
  return png(width, height, palette, pixels);
}

/** A line chart as SVG. It has a script, which must not run. */
export function lineChart(): string {
  const random = randomNumbers(5);
  const points = Array.from({ length: 60 }, (_, index) => {
    const y = 240 - 180 * (1 - Math.exp(-index / 14)) + 8 * normal(random);
    return `${40 + index * 9},${y.toFixed(1)}`;
  });
  const lines = [60, 120, 180, 240].map((y) => `<line x1="40" x2="580" y1="${y}" y2="${y}" stroke="#e5e7eb"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 280" width="600" height="280">
<script>top.sampleScriptRan = true</script>
<rect width="600" height="280" fill="#ffffff"/>
${lines.join('\n')}
<polyline points="${points.join(' ')}" fill="none" stroke="#2563eb" stroke-width="2"/>
<text x="40" y="30" font-family="sans-serif" font-size="14" fill="#111827">Accuracy by epoch</text>
</svg>
`;
}
