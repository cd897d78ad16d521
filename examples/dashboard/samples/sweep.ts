import type { KernelVersionFixture } from 'kaggle-ts/testing';
import { stdout } from './logs.ts';
import { normal, randomNumbers } from './random.ts';
import * as sources from './sources.ts';

const rates = [0.3, 0.1, 0.03, 0.01];
const depths = [4, 6, 8];
const epochs = 40;

const round = (value: number): number => Math.round(value * 10_000) / 10_000;

/** The metrics of one run: the best are a learning rate of 0.1 and a depth of 8; a high rate is unstable. */
function metricsOf(params: { learning_rate: number; depth: number }, seed: number) {
  const { learning_rate: rate, depth } = params;
  const random = randomNumbers(seed);
  const floor = 0.18 + 0.05 * Math.abs(Math.log10(rate / 0.1)) + 0.025 * (8 - depth);
  const shake = rate > 0.2 ? 0.03 : 0.006;
  const curve = (gap: number) =>
    Array.from({ length: epochs }, (_, epoch) =>
      round(Math.max(0.05, floor + gap + 1.1 * Math.exp((-epoch * (0.06 + rate)) / 1.6) + normal(random, 0, shake))),
    );
  const [train, validation] = [curve(-0.03), curve(0.02)];
  const accuracy = 0.99 - validation.at(-1)! / 2.6;
  return {
    params: { ...params, seed },
    accuracy: round(accuracy),
    f1: round(accuracy - 0.012),
    seconds: Math.round(600 + 70 * depth),
    epoch: Array.from({ length: epochs }, (_, epoch) => epoch + 1),
    train_loss: train,
    val_loss: validation,
  };
}

/** The versions of a sweep over learning rate and depth, pushed every 20 minutes until `end`. One of them failed. */
export function sweepVersions(end: number): KernelVersionFixture[] {
  const grid = rates.flatMap((rate) => depths.map((depth) => ({ learning_rate: rate, depth })));
  return grid.map((params, index) => {
    const created = end - (grid.length - index) * 1_200_000;
    const metrics = metricsOf(params, index + 1);
    const text = sources.sweep(metrics.params);
    const head = stdout([`learning rate ${params.learning_rate}, depth ${params.depth}`, 'training on 464809 rows'], 2);
    if (index === 2)
      return {
        text,
        created,
        seconds: 190,
        log: head,
        failureMessage: 'Your notebook tried to allocate more memory than is available',
      };
    const texts = metrics.val_loss.map((loss, epoch) => `epoch ${epoch + 1} val_loss ${loss}`);
    return {
      text,
      created,
      seconds: metrics.seconds,
      log: [...head, ...stdout([...texts, `accuracy ${metrics.accuracy}`], metrics.seconds / (epochs + 1), 5)],
      output: { 'metrics.json': `${JSON.stringify(metrics, undefined, 2)}\n` },
    };
  });
}
