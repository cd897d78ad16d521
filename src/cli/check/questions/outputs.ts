import type { Exchange } from '../observe.ts';
import { listedOutput } from '../places.ts';
import {
  brief,
  field,
  found,
  type Group,
  inShort,
  NotSeen,
  type Question,
  type Reply,
  type Scene,
} from '../question.ts';
import { calls, jsonOf, kernelStatuses, logStreams } from '../seen.ts';

function list(scene: Scene, pageSize: number): Promise<Reply> {
  const [userName, kernelSlug] = scene.fact('kernel').ref.split('/');
  const request = { userName, kernelSlug, versionLabel: 'v1', pageSize };
  return scene.ask('kernels.KernelsApiService/ListKernelSessionOutput', request);
}

/** Whether an entry that the kernel created in /kaggle/working is listed. */
function kept(id: string, asks: string, confidence: Question['confidence'], file: RegExp, wanted: boolean): Question {
  return {
    id: `output.${id}`,
    asks,
    assumed: wanted ? 'yes' : 'no',
    confidence,
    stage: 'done',
    async answer(scene) {
      const names = (await listedOutput(scene)).map(({ fileName }) => fileName);
      if (!names.includes('result.txt')) throw new NotSeen('result.txt is not listed');
      const is = names.some((name) => file.test(name));
      return found(is === wanted, is ? 'listed' : 'not listed');
    },
  };
}

const isStream = ({ answer }: Exchange) => answer?.get('content-type')?.startsWith('text/event-stream') === true;

/** A live log that was read to its end, else the longest one. */
function liveLog(scene: Scene): Exchange {
  const streams = logStreams(scene.exchanges);
  const live = streams.filter(isStream);
  const best = live.find(({ text }) => text?.includes('END_OF_LOG')) ?? live.at(-1) ?? whileRunning(scene);
  if (best) return best;
  const said = [...new Set(streams.map(({ status }) => status ?? 'no response'))].join(', ');
  throw new NotSeen(`the log was not read while the kernel ran${said && ` (${said})`}`);
}

/** A log that was read while the run was in progress, but is not an event stream. */
function whileRunning({ exchanges }: Scene): Exchange | undefined {
  const last = kernelStatuses(exchanges).findLast(({ status }) => status === 'RUNNING')?.answeredAt ?? 0;
  return logStreams(exchanges).find(({ status, answeredAt = 0 }) => status === 200 && answeredAt < last);
}

/** The events of a live log, without END_OF_LOG. */
function events(scene: Scene): unknown[] {
  const lines = (liveLog(scene).text ?? '').split('\n').filter((line) => line.startsWith('data:'));
  return lines
    .map((line) => line.slice('data:'.length).trim())
    .filter((line) => line !== 'END_OF_LOG')
    .map((line) => {
      try {
        return JSON.parse(line) as unknown;
      } catch {
        return undefined;
      }
    });
}

const isLine = (line: unknown) =>
  typeof field(line, 'stream_name') === 'string' && typeof field(line, 'data') === 'string';

const shape = (line: unknown) => (line === undefined ? 'not JSON' : Object.keys(line as object).join(', '));

const questions: Question[] = [
  {
    id: 'output.running',
    asks: 'What does the output list while a kernel runs?',
    assumed: 'no files and no log',
    confidence: 'B',
    stage: 'running',
    async answer(scene) {
      const reply = await list(scene, 100);
      if (reply.status !== 200) throw new NotSeen(`the request failed: ${inShort(reply)}`);
      const files = field(reply.json, 'files');
      const log = field(reply.json, 'log');
      const count = Array.isArray(files) ? files.length : 0;
      return found(count === 0 && !log, `${count} files, ${log ? 'a' : 'no'} log`);
    },
  },
  {
    id: 'output.page-500',
    asks: 'Can a page of the output have 500 files?',
    assumed: 'yes',
    confidence: 'A',
    stage: 'done',
    async answer(scene) {
      const reply = await list(scene, 500);
      return found(reply.status === 200, inShort(reply));
    },
  },
  {
    id: 'output.page-501',
    asks: 'Can a page of the output have 501 files?',
    assumed: 'no: 400',
    confidence: 'A',
    stage: 'done',
    async answer(scene) {
      const reply = await list(scene, 501);
      return found(reply.status === 400, inShort(reply));
    },
  },
  kept('dotfile', 'Is a file kept if its name starts with a dot?', 'B', /^\.hidden$/, true),
  kept('link', 'Is a symbolic link kept?', 'B', /^link\.txt$/, false),
  kept('empty', 'Is an empty folder kept?', 'B', /^empty(?:\/|$)/, false),
  {
    id: 'log.stored',
    asks: 'What is the form of the stored log?',
    assumed: 'a JSON array of {stream_name, time, data}, with time in seconds, as a number',
    confidence: 'A',
    stage: 'end',
    answer(scene) {
      const logs = calls(scene.exchanges, 'ListKernelSessionOutput').map((call) => field(jsonOf(call), 'log'));
      const texts = logs.filter((log): log is string => typeof log === 'string' && log !== '');
      if (texts.length === 0) throw new NotSeen('no stored log was read');
      try {
        const lines = texts.flatMap((text) => JSON.parse(text) as unknown[]);
        const other = lines.find((line) => !isLine(line) || typeof field(line, 'time') !== 'number');
        const shown = other ?? lines[0];
        return found(other === undefined, `an array of {${shape(shown)}}, time a ${typeof field(shown, 'time')}`);
      } catch {
        return found(false, `not JSON: ${brief(texts[0]!, 40)}`);
      }
    },
  },
  {
    id: 'log.live',
    asks: 'What is the form of the log while the kernel runs?',
    assumed: 'server-sent events, each JSON with stream_name and data',
    confidence: 'A',
    stage: 'end',
    answer(scene) {
      const log = liveLog(scene);
      if (!isStream(log))
        return found(false, `${log.answer?.get('content-type') ?? 'no type'}: ${brief(log.text ?? '', 40)}`);
      const lines = events(scene);
      if (lines.length === 0) throw new NotSeen('the log was empty');
      const other = lines.find((line) => !isLine(line));
      const isOther = !lines.every(isLine);
      return found(
        !isOther,
        isOther ? `an event of another form: ${shape(other)}` : `${lines.length} events of {${shape(lines[0])}}`,
      );
    },
  },
  {
    id: 'log.live-end',
    asks: 'How does the live log end?',
    assumed: 'with END_OF_LOG',
    confidence: 'A',
    stage: 'end',
    answer(scene) {
      const { text = '', end } = liveLog(scene);
      const marked = /^data: ?END_OF_LOG/m.test(text);
      return found(
        marked,
        marked ? 'with END_OF_LOG' : end === 'cut' ? 'the connection was cut' : 'without END_OF_LOG',
      );
    },
  },
  {
    id: 'log.charset',
    asks: 'What is the charset of the live log?',
    assumed: 'utf-8',
    confidence: 'C',
    stage: 'end',
    answer(scene) {
      const type = liveLog(scene).answer?.get('content-type') ?? 'none';
      return found(/charset=utf-8/i.test(type), type);
    },
  },
  {
    id: 'log.address',
    asks: 'Does the URL of the live log redirect?',
    assumed: 'no',
    confidence: 'C',
    stage: 'end',
    answer(scene) {
      const answers = logStreams(scene.exchanges).filter(({ status }) => status !== undefined);
      if (answers.length === 0) throw new NotSeen('no log was requested');
      const target = answers.find(({ status = 0 }) => status >= 300 && status < 400)?.answer?.get('location');
      return found(!target, target ? `to ${new URL(target, scene.client.baseUrl).hostname}` : 'no');
    },
  },
  {
    id: 'log.ended',
    asks: 'What is the form of the live log after the end of the run?',
    assumed: 'application/json, an array',
    confidence: 'A',
    stage: 'done',
    async answer(scene) {
      const reply = await scene.read(`kernels/logs/stream/${scene.fact('kernel').ref}?versionLabel=v1`);
      if (reply.status !== 200) throw new NotSeen(`the request failed: ${inShort(reply)}`);
      const type = reply.headers.get('content-type') ?? 'no type';
      const lines = reply.json;
      return found(
        /^application\/json\b/.test(type) && Array.isArray(lines) && lines.every(isLine),
        `${inShort(reply)}, ${type}`,
      );
    },
  },
];

export const outputs: Group = { title: 'Output and log', questions };
