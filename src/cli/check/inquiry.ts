import { redact } from '../../core/redact.ts';
import { inWords } from '../words.ts';
import type { Observer } from './observe.ts';
import { brief, type Finding, type Group, NotSeen, type Question, type Scene, type Stage } from './question.ts';

/** Answers questions at their stage, and keeps the findings. */
export interface Inquiry {
  /** Answers the questions of a stage, in order. Rejects if the check is interrupted. */
  ask(stage: Stage): Promise<Answered[]>;
  /** All questions, including those that were not reached. */
  all(): Answered[];
}

export interface Answered {
  readonly group: string;
  readonly question: Question;
  readonly finding: Finding;
}

export type Verdict = 'agrees' | 'differs' | 'not seen';

export function verdict({ finding }: Answered): Verdict {
  if ('why' in finding) return 'not seen';
  return finding.agrees ? 'agrees' : 'differs';
}

/** `12 agree, 1 differs, 3 not seen`. */
export function tally(answered: readonly Answered[]): string {
  const count = (wanted: Verdict) => answered.filter((one) => verdict(one) === wanted).length;
  const [agree, differ, unseen] = [count('agrees'), count('differs'), count('not seen')];
  return `${agree} ${agree === 1 ? 'agrees' : 'agree'}, ${differ} ${differ === 1 ? 'differs' : 'differ'}, ${unseen} not seen`;
}

const notReached: Finding = { why: 'the check ended earlier' };

export function createInquiry(groups: readonly Group[], scene: Scene, observer: Observer): Inquiry {
  const findings = new Map<Question, Finding>();

  async function answer(question: Question): Promise<Finding> {
    const { section } = observer;
    observer.section = `question ${question.id}`;
    try {
      const finding = await question.answer(scene);
      return 'seen' in finding ? { ...finding, seen: redact(finding.seen) } : finding;
    } catch (error) {
      if (question.stage !== 'end') scene.signal.throwIfAborted();
      return { why: redact(error instanceof NotSeen ? error.message : brief(inWords(error))) };
    } finally {
      observer.section = section;
    }
  }

  const rows = () =>
    groups.flatMap(({ title, questions }) =>
      questions.map((question) => ({ group: title, question, finding: findings.get(question) ?? notReached })),
    );

  return {
    async ask(stage) {
      for (const { questions } of groups) {
        for (const question of questions) {
          if (question.stage === stage) findings.set(question, await answer(question));
        }
      }
      return rows().filter(({ question }) => question.stage === stage);
    },
    all: rows,
  };
}
