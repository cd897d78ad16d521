import type { Credential } from '../../core/auth/credential.ts';
import type { Platform } from '../../core/platform.ts';
import type { ClientOptions, KaggleClient } from '../../core/rpc/client.ts';
import { createClient } from '../../core/rpc/create-client.ts';
import { randomSuffix } from '../names.ts';
import { runSteps, type Steps } from '../steps.ts';
import type { Terminal } from '../terminal.ts';
import type { Check } from './check.ts';
import { hideSecret, secretOf } from './hide.ts';
import { type Answered, createInquiry, tally } from './inquiry.ts';
import { credentialStep, liveSteps } from './live.ts';
import { type Exchange, observe } from './observe.ts';
import { packedSteps } from './packed.ts';
import { pushSteps } from './push.ts';
import type { Facts } from './question.ts';
import { groups } from './questions/index.ts';
import { differences } from './report.ts';
import { asOptions, createScene } from './scene.ts';
import { makeFiles, uploadSteps } from './upload.ts';

export interface CheckAllOptions extends Pick<ClientOptions, 'endpoint' | 'verbose'> {
  credential: Credential | undefined;
  platform: Platform;
  /** Sends all requests. */
  fetch(request: Request): Promise<Response>;
  /** The clock, in milliseconds. */
  now?: (() => number) | undefined;
  terminal: Terminal;
  signal: AbortSignal;
  /** Seconds to wait for a version or a run. */
  timeout: number;
  /** Random part in the names of this check: eight letters or digits. */
  word?: string | undefined;
}

export interface CheckedAll {
  /** Exit code of the steps: 0 if all passed. */
  code: number;
  answered: Answered[];
  exchanges: readonly Exchange[];
  facts: Partial<Facts>;
  client: KaggleClient;
  word: string;
  /** The token or key that was used. */
  secret: string | undefined;
  /** How the steps ended, as text. */
  end: string;
}

/** Seconds that the kernel keeps running, so that it can be observed. A local emulator needs less. */
function inspectionSeconds(client: KaggleClient): number {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(client.baseUrl).hostname) ? 1 : 20;
}

/** The steps; each labels the requests that it sends. */
function sectioned(steps: Steps, observer: { section: string }): Steps {
  const named =
    <T>(what: string, act: () => Promise<T>) =>
    () => {
      observer.section = what;
      return act();
    };
  return {
    step: (what, act, detail) => steps.step(what, named(what, act), detail),
    attempt: (what, act, detail) => steps.attempt(what, named(what, act), detail),
    part: steps.part,
    atEnd: (what, undo) =>
      steps.atEnd(what, (signal) => {
        observer.section = what;
        return undo(signal);
      }),
  };
}

/** Runs all steps and answers all questions. Deletes what it created in any case. */
export async function checkAll(options: CheckAllOptions): Promise<CheckedAll> {
  const { credential, terminal, signal, timeout, word = randomSuffix() } = options;
  const observer = observe(options.fetch, options.now);
  // With a custom `fetch` the client sends everything through the observer.
  const platform = { ...options.platform, put: undefined, fetch: undefined, byobBodies: false };
  const { endpoint, verbose } = options;
  const client = createClient({ endpoint, verbose, platform, fetch: observer.fetch, ...asOptions(credential) });
  const facts: { -readonly [Name in keyof Facts]?: Facts[Name] } = {};
  const secret = secretOf(credential);
  const hide = (text: string) => hideSecret(text, secret, facts.user ?? '');
  const scene = createScene({ client, credential, platform, observer, hide, facts, signal });
  const inquiry = createInquiry(groups, scene, observer);

  const code = await runSteps(terminal, async (own) => {
    const steps = sectioned(own, observer);
    const check: Check = {
      ...steps,
      client,
      terminal,
      signal,
      timeout,
      async askQuestions(stage, more = {}) {
        Object.assign(facts, more);
        const answered = await steps.step(`questions (${stage})`, () => inquiry.ask(stage), tally);
        for (const line of differences(answered)) terminal.print(`differs ${line}`);
      },
    };
    const owner = await credentialStep(check);
    await liveSteps(check, owner);
    const slug = `kaggle-ts-check-${word}-data`;
    await steps.part(() => uploadSteps(check, owner, slug, makeFiles(false)));
    if (facts.dataset) await steps.part(() => packedSteps(check, scene));
    await steps.part(() =>
      pushSteps(check, owner, word, { dataset: `${owner}/${slug}`, seconds: inspectionSeconds(client) }),
    );
  });
  for (const exchange of observer.exchanges) if (exchange.text) exchange.text = hide(exchange.text);
  for (const line of differences(await inquiry.ask('end'))) terminal.print(`differs ${line}`);
  const end = code === 0 ? 'all steps passed' : code === 130 ? 'interrupted' : 'some steps failed';
  return { code, answered: inquiry.all(), exchanges: observer.exchanges, facts, client, word, secret, end };
}
