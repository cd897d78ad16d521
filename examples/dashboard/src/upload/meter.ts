/** Progress of one file, as kaggle-ts reports it. */
export interface FileProgress {
  file: string;
  transferred: number;
  attempt: number;
  phase: string;
}

/** Progress of an upload. */
export interface UploadProgress {
  /** Bytes that were sent, by file. */
  files: Readonly<Record<string, number>>;
  sent: number;
  total: number;
  /** Bytes per second over the last seconds; `undefined` while it is not known. */
  rate: number | undefined;
  /** Seconds left; `undefined` without a rate. */
  left: number | undefined;
  /** Whether files are read and compared with an earlier part of the upload, before the first byte is sent. */
  preparing: boolean;
  /** Highest attempt of a file: more than 1 after a lost connection. */
  attempt: number;
}

export interface Meter {
  add(progress: FileProgress): void;
  /** A new attempt: the files are compared again. */
  restart(): void;
  read(): UploadProgress;
}

/** Milliseconds of the window over which the rate is measured. */
const window = 6000;

/** Adds up the progress of the files of an upload. `now` returns milliseconds. */
export function createMeter(sizes: Readonly<Record<string, number>>, now: () => number): Meter {
  const files = new Map<string, number>();
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  let samples: { at: number; sent: number }[] = [];
  let preparing = true;
  let attempt = 1;
  const sum = () => [...files.values()].reduce((sum, bytes) => sum + bytes, 0);

  return {
    add({ file, transferred, attempt: number }) {
      // What an earlier page has sent is no progress of this one.
      if (preparing) samples = [];
      preparing = false;
      const before = files.get(file);
      files.set(file, transferred);
      attempt = Math.max(attempt, number);
      if (before === undefined && transferred > 0) {
        for (const sample of samples) sample.sent += transferred;
      }
      const at = now();
      samples.push({ at, sent: sum() });
      while (samples.length > 2 && samples[1]!.at < at - window) samples.shift();
    },
    restart() {
      preparing = true;
      attempt = 1;
      samples = [];
    },
    read() {
      const sent = sum();
      const first = samples[0];
      const seconds = first ? (now() - first.at) / 1000 : 0;
      const rate = first && seconds >= 0.5 && sent > first.sent ? (sent - first.sent) / seconds : undefined;
      return {
        files: Object.fromEntries(files),
        sent,
        total,
        rate,
        left: rate === undefined ? undefined : (total - sent) / rate,
        preparing,
        attempt,
      };
    },
  };
}
