import { type Executor, pyodideExecutor, scriptedExecutor } from 'kaggle-ts/testing';
import { scriptIn } from '../scripted.ts';

/** Runs scripted kernels from their script and all others with Python. */
export function kernelExecutor(): Executor {
  const python = pyodideExecutor();
  const scripted = scriptedExecutor(async ({ text, onStart, onOutput }) => {
    const { lines = [], failure, files = {} } = scriptIn(text)!;
    onStart();
    for (const [pause, stream, data] of lines) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      onOutput(stream, data);
    }
    if (failure !== undefined) throw new Error(failure);
    return {
      files: Object.entries(files).map(([name, content]) => ({ name, data: new TextEncoder().encode(content) })),
    };
  });
  return {
    announcesStart: python.announcesStart,
    run: (job) => (scriptIn(job.text) ? scripted : python).run(job),
    close: () => python.close!(),
  };
}
