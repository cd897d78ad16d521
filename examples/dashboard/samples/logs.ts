import type { LogLine } from 'kaggle-ts/testing';
import { normal, randomNumbers } from './random.ts';

const bold = (text: string) => `\u001b[1m${text}\u001b[0m`;
const green = (text: string) => `\u001b[32m${text}\u001b[0m`;
const gray = (text: string) => `\u001b[90m${text}\u001b[0m`;
const yellow = (text: string) => `\u001b[33m${text}\u001b[0m`;

/** Lines of standard output, one every `interval` seconds. */
export function stdout(texts: readonly string[], interval = 1, from = 0): LogLine[] {
  return texts.map((data, index) => ({ stream_name: 'stdout', time: from + index * interval, data: `${data}\n` }));
}

/** A progress bar in place, as Keras draws it: `\r` moves to the start of the line. */
export function progressBar(done: number, total: number, rest: string): string {
  const filled = Math.round((20 * done) / total);
  return `\r${bold(`${String(done).padStart(3)}/${total}`)} ${green('━'.repeat(filled))}${gray('━'.repeat(20 - filled))} ${rest}`;
}

/** What a training prints in one epoch, in order. */
export function epochTexts(epoch: number, epochs: number, steps = 10): string[] {
  const random = randomNumbers(100 + epoch);
  const loss = 0.08 + 0.9 * Math.exp(-epoch / 5);
  const accuracy = 0.985 - 0.4 * Math.exp(-epoch / 4);
  const bars = Array.from({ length: steps }, (_, index) => {
    const done = Math.round((469 * (index + 1)) / steps);
    return progressBar(
      done,
      469,
      `${Math.round(8 + random())}ms/step - accuracy: ${(accuracy - 0.01 * random()).toFixed(4)} - loss: ${(loss + 0.05 * random()).toFixed(4)}`,
    );
  });
  const validation = `val_accuracy: ${bold((accuracy - 0.006).toFixed(4))} - val_loss: ${(loss + 0.02).toFixed(4)}\n`;
  return [`${bold(`Epoch ${epoch}/${epochs}`)}\n`, ...bars, ` - ${validation}`];
}

/** The first lines of a training on a GPU. */
export const trainingHead: readonly string[] = [
  `${gray('2026-01-01 00:00:00')} Found 1 GPU: ${bold('Tesla T4')}, 15 GiB`,
  'Loading /kaggle/input/datasets/alice/digits-small',
  yellow('warning: 12 images are damaged and were skipped'),
  'Train: 60000 images, validation: 10000',
  '',
];

/** The log of a training up to and with `epoch`, in which an epoch takes `seconds`. */
export function trainingLog(epoch: number, epochs: number, seconds: number): LogLine[] {
  const log = stdout(trainingHead, 0.4);
  for (let number = 1; number <= epoch; number++) {
    const texts = epochTexts(number, epochs);
    texts.forEach((data, index) => {
      log.push({ stream_name: 'stdout', time: 3 + (number - 1) * seconds + (index * seconds) / texts.length, data });
    });
  }
  return log;
}

/** A log of many lines, some of them warnings and errors in color. */
export function longLog(count: number): LogLine[] {
  const random = randomNumbers(3);
  const log: LogLine[] = [];
  for (let index = 0; index < count; index++) {
    const time = index * 0.036;
    const row = `shard ${String(Math.floor(index / 1000)).padStart(3, '0')} row ${String(index).padStart(6, '0')}`;
    const kind = random();
    const rows = Math.round(normal(random, 5200, 400));
    if (kind < 0.002)
      log.push({
        stream_name: 'stderr',
        time,
        data: `\u001b[31mERROR\u001b[0m ${row}: cannot parse the date "0000-00-00"; skipped\n`,
      });
    else if (kind < 0.02)
      log.push({ stream_name: 'stdout', time, data: `${yellow('WARN ')} ${row}: 3 columns are empty\n` });
    else
      log.push({
        stream_name: 'stdout',
        time,
        data: `${gray('INFO ')} ${row}: ${rows} rows/s, ${(rows * 0.000_091).toFixed(2)} MB/s\n`,
      });
  }
  return log;
}

/** A traceback, as Python prints it. */
export function traceback(text: string, time: number): LogLine[] {
  return text.split(/(?<=\n)/).map((data) => ({ stream_name: 'stderr', time, data }));
}
