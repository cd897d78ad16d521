import type { Fixtures, KernelFixture } from 'kaggle-ts/testing';
import { stdout, traceback, trainingHead, trainingLog } from './logs.ts';
import { executedNotebook, notebookSource } from './notebook.ts';
import { confusionMatrix, lineChart, scatterPlot } from './pictures.ts';
import * as sources from './sources.ts';
import { sweepVersions } from './sweep.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How many epochs of the running training are over, and how many seconds each takes. */
export const trained = { epochs: 12, of: 30, seconds: 90 } as const;

const report = {
  model: 'HistGradientBoosting',
  trainedAt: '2026-01-01T00:00:00Z',
  mape: 0.0713,
  byStore: { Aalborg: 0.0651, Bilbao: 0.0702, Cork: 0.0777 },
  features: ['weekday', 'month', 'promotion', 'lag_7', 'lag_28'],
  missing: null,
  checked: true,
};

const readme = `# Store sales forecast

Forecasts of eight stores, and what they are made of.

| file | |
|---|---|
| forecast.csv | 60,000 rows |
| forecast.parquet | 64,000 rows |
`;

/** Kernels with every status, newest first. */
function kernels(now: number): Omit<KernelFixture, 'owner'>[] {
  const running = now - trained.epochs * trained.seconds * 1000;
  return [
    {
      slug: 'digit-recognizer-cnn',
      title: 'Digit recognizer CNN',
      text: sources.digits,
      machineShape: 'NvidiaTeslaT4',
      datasetDataSources: ['alice/digits-small'],
      status: 'RUNNING',
      created: running,
      log: trainingLog(trained.epochs, trained.of, trained.seconds),
    },
    {
      slug: 'protein-folding-on-tpu',
      title: 'Protein folding on TPU',
      text: sources.short('Predicts the structure of small proteins.'),
      machineShape: 'TpuV5E8',
      status: 'QUEUED',
      created: now - 4 * minute,
    },
    {
      slug: 'store-sales-forecast',
      title: 'Store sales forecast',
      text: sources.forecast,
      datasetDataSources: ['alice/store-sales'],
      created: now - 2 * hour,
      seconds: 1260,
      log: stdout(['read 912000 rows', 'fit 8 models', 'wrote forecast.csv and forecast.parquet'], 400),
      output: {
        'README.md': readme,
        'accuracy.svg': lineChart(),
        'plots/confusion.png': confusionMatrix(10),
        'plots/segments.png': scatterPlot(),
        'report.json': `${JSON.stringify(report, undefined, 2)}\n`,
        'notes.txt': 'Cork is hard to forecast: its shop was closed in March.\n',
      },
    },
    {
      slug: 'titanic-baseline',
      title: 'Titanic baseline',
      text: sources.titanic,
      created: now - 3 * hour,
      seconds: 14,
      failureMessage: "ValueError: could not convert string to float: ''",
      log: [...stdout(['reading train.csv', '891 rows'], 4), ...traceback(sources.titanicTraceback, 13.2)],
    },
    {
      slug: 'forest-cover-sweep',
      title: 'Forest cover sweep',
      text: sources.sweep({}),
      machineShape: 'NvidiaTeslaT4',
      versions: sweepVersions(now - 5 * hour),
    },
    {
      slug: 'house-prices-notebook',
      title: 'House prices: a first look',
      kernelType: 'notebook',
      text: notebookSource(),
      created: now - 26 * hour,
      seconds: 95,
      log: stdout(['[NbConvertApp] Converting notebook __notebook__.ipynb to notebook'], 90),
      output: { '__notebook__.ipynb': executedNotebook(), 'submission.csv': 'id,price\n1,4.5\n2,3.6\n' },
    },
    {
      slug: 'web-traffic-etl',
      title: 'Web traffic ETL',
      text: sources.short('Cleans the logs of a web server.'),
      created: now - 30 * hour,
      seconds: 3600,
      output: { 'summary.txt': '100 shards, 100000 rows\n' },
    },
    {
      slug: 'sentiment-fine-tuning',
      title: 'Sentiment fine-tuning',
      text: sources.short('Fine-tunes a language model on reviews.'),
      machineShape: 'NvidiaTeslaT4',
      created: now - 2 * day,
      seconds: 412,
      failureMessage: 'CUDA out of memory',
      log: [...stdout(trainingHead, 2), ...traceback(sources.sentimentTraceback, 410)],
    },
    {
      slug: 'image-augmentation',
      title: 'Image augmentation',
      text: sources.short('Rotates and crops images.'),
      machineShape: 'NvidiaTeslaT4',
      created: now - 3 * day,
      seconds: 1820,
      status: 'CANCEL_ACKNOWLEDGED',
      log: [
        ...stdout(['augmented 1000 images', 'augmented 2000 images'], 900),
        ...traceback('canceled by the user\n', 1819),
      ],
      output: { 'part-1.txt': '2000 images\n' },
    },
    {
      slug: 'weather-report-in-r',
      title: 'Weather report in R',
      text: sources.weather,
      language: 'r',
      datasetDataSources: ['bob/city-temperatures'],
      created: now - 6 * day,
      seconds: 48,
      log: stdout(['Saving 7 x 7 in image'], 45),
      output: { 'weather.svg': lineChart() },
    },
    {
      slug: 'customer-segments',
      title: 'Customer segments with a rather long title that has to be shortened on a phone',
      text: sources.short('Clusters customers by what they buy.'),
      versions: [
        { created: now - 9 * day, seconds: 30, failureMessage: 'the kernel exceeded its memory' },
        { created: now - 8 * day, seconds: 240, output: { 'segments.png': scatterPlot(), 'empty.txt': '' } },
      ],
    },
    {
      slug: 'hello-kaggle',
      title: 'Hello Kaggle',
      text: sources.hello,
      isPrivate: false,
      created: now - 23 * day,
      seconds: 3,
      log: stdout(['Hello from Python 3.12.11'], 1),
      output: { 'hello.txt': 'Hello, Kaggle!' },
    },
  ];
}

const sales = 'date,store,product,sales\n2026-01-01,Cork,tea,41.5\n2026-01-01,Hull,bread,38\n';

/** The sample data of an emulator that starts at `now`, in milliseconds since 1970. */
export function sampleFixtures(now: number): Fixtures {
  return {
    users: [
      {
        ...{ username: 'alice', userId: 7, token: 'KGAT_test', key: 'alice-key' },
        // 9.5 of 30 hours and 2 of 20 are used, beside the time of the samples.
        gpuSecondsLeft: 20.5 * 3600,
        tpuSecondsLeft: 18 * 3600,
      },
      { username: 'bob', userId: 8, token: 'KGAT_bob', key: 'bob-key' },
    ],
    datasets: [
      {
        owner: 'alice',
        slug: 'digits-small',
        title: 'Digits, small',
        files: { 'train.csv': 'label,pixels\n7,0 0 12\n' },
      },
      {
        owner: 'alice',
        slug: 'store-sales',
        title: 'Store sales',
        versions: [{ 'sales.csv': sales }, { 'sales.csv': `${sales}2026-01-02,Faro,rice,7\n` }],
      },
      {
        owner: 'alice',
        slug: 'house-prices-data',
        title: 'House prices data',
        files: { 'train.csv': 'MedInc,HouseAge,Price\n8.3252,41,4.526\n' },
      },
      {
        owner: 'alice',
        slug: 'titanic-data',
        title: 'Titanic data',
        files: { 'train.csv': 'Name,Age\nBraund,22\nMoran,\n' },
      },
      {
        owner: 'bob',
        slug: 'city-temperatures',
        title: 'City temperatures',
        isPrivate: false,
        files: { 'cities.csv': 'city,month,celsius\nOslo,1,-4.3\n' },
      },
    ],
    kernels: kernels(now).map((kernel) => ({ owner: 'alice', ...kernel })),
  };
}
