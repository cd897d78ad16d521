import { parquetWriteBuffer } from 'hyparquet-writer';
import { randomNumbers } from './random.ts';

const stores = ['Aalborg', 'Bilbao', 'Cork', 'Dresden', 'Espoo', 'Faro', 'Ghent', 'Hull'];
const products = ['apples', 'bread', '"fresh" milk', 'rice, long grain', 'salmon', 'tea'];
const firstDay = Date.UTC(2024, 0, 1);
const day = 86_400_000;

/** Columns of a forecast. Some values are missing, and some contain quotes and commas. */
function forecast(rows: number, seed: number) {
  const random = randomNumbers(seed);
  const dates = Array.from({ length: rows / 48 }, (_, index) => new Date(firstDay + index * day));
  const columns = {
    date: new Array<Date>(rows),
    store: new Array<string>(rows),
    product: new Array<string>(rows),
    sales: new Float64Array(rows),
    forecast: new Array<number | null>(rows),
    promotion: new Array<boolean>(rows),
  };
  for (let row = 0; row < rows; row++) {
    const store = row % stores.length;
    const product = Math.floor(row / stores.length) % products.length;
    const date = Math.floor(row / (stores.length * products.length));
    const season = 1 + 0.4 * Math.sin((2 * Math.PI * date) / 365 + product);
    const sales = Math.round(100 * (10 + 12 * store + 60 * random()) * season) / 100;
    columns.date[row] = dates[date % dates.length]!;
    columns.store[row] = stores[store]!;
    columns.product[row] = products[product]!;
    columns.sales[row] = sales;
    columns.forecast[row] = random() < 0.02 ? null : Math.round(100 * sales * (0.9 + 0.2 * random())) / 100;
    columns.promotion[row] = random() < 0.15;
  }
  return columns;
}

/** A CSV file of some MB. */
export function forecastCsv(rows = 60_000): string {
  const { date, store, product, sales, forecast: forecasts, promotion } = forecast(rows, 21);
  const quoted = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const names = new Map(products.map((name) => [name, quoted(name)]));
  let text = 'date,store,product,sales,forecast,promotion\n';
  for (let row = 0; row < rows; row++) {
    const day = date[row]!.toISOString().slice(0, 10);
    text += `${day},${store[row]},${names.get(product[row]!)},${sales[row]},${forecasts[row] ?? ''},${promotion[row]}\n`;
  }
  return text;
}

/** A Parquet file of 2 MB with several row groups, compressed with Snappy. */
export function forecastParquet(rows = 64_000, rowGroupSize = 8_000): Uint8Array<ArrayBuffer> {
  const random = randomNumbers(23);
  const { date, store, product, sales, forecast: forecasts, promotion } = forecast(rows, 22);
  const numbers = { type: 'DOUBLE', encoding: 'PLAIN', offsetIndex: false } as const;
  // Noise cannot be compressed.
  const noise = () =>
    ({ data: Float64Array.from({ length: rows }, random), ...numbers, codec: 'UNCOMPRESSED' }) as const;
  return new Uint8Array(
    parquetWriteBuffer({
      rowGroupSize,
      statistics: false,
      columnData: [
        { name: 'date', data: date, type: 'TIMESTAMP' },
        { name: 'store', data: store, type: 'STRING' },
        { name: 'product', data: product, type: 'STRING' },
        { name: 'sales', data: sales, ...numbers },
        { name: 'forecast', data: forecasts, ...numbers },
        { name: 'low', ...noise() },
        { name: 'high', ...noise() },
        { name: 'weight', ...noise() },
        { name: 'promotion', data: promotion, type: 'BOOLEAN' },
      ],
    }),
  );
}
