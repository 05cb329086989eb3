import type { RecordedEvent, RunEvent } from '../log/event.ts';
import type { Intent } from '../log/intent.ts';
import type { Verdict } from '../log/submission.ts';

/** The answers of people to the questions of a run, in words. */
export class GivenAnswers {
  readonly #said = new Map<number, string>();
  #question: number | undefined;

  /** Takes the next event of the run. */
  take({ seq, event }: RecordedEvent): void {
    if (event.type === 'operator.awaited') this.#question = seq;
    const said = answeredBy(event);
    if (said === undefined || this.#question === undefined) return;
    this.#said.set(this.#question, said);
    this.#question = undefined;
  }

  /** Returns who answered a question first, and how; the question is its `operator.awaited`. */
  to(question: number | undefined): string | undefined {
    return question === undefined ? undefined : this.#said.get(question);
  }
}

/** Returns the sentences for somebody whose answer came after that of another person. */
export function tooLate(said: string): string {
  return `Too late: ${said}. Your answer changed nothing.`;
}

/** Returns the sentences for somebody whose answer was refused. */
export function refusalText({ code, reason, why }: Extract<Verdict, { accepted: false }>): string {
  // A refusal that is late because of another answer says that one in words.
  return code === 'stale' && why === undefined
    ? tooLate(reason)
    : `Refused: ${reason}. Nothing has run.`;
}

/**
 * Returns who answered a question with an event, and how, e.g. `kim declined it`; undefined if it is no
 * answer of a person.
 */
export function answeredBy(event: RunEvent): string | undefined {
  if (event.type === 'gate.answered') {
    const did = event.automatic === true ? undefined : GATE[event.answer];
    return did === undefined ? undefined : `${event.operator} ${did}`;
  }
  if (event.type !== 'operator.acted') return undefined;
  const did = didOf(event.intent);
  return did === undefined ? undefined : `${event.operator} ${did}`;
}

/** A refused confirmation leaves the gate open. */
const GATE = {
  confirmed: 'confirmed it',
  declined: 'declined it',
  'left-out': 'left rows out',
  refresh: 'had the rows read again',
  simulated: 'continued the dry run',
  refused: undefined,
} as const;

const DID: { readonly [T in Intent['type']]?: string } = {
  continue: 'continued the run',
  choose: 'chose where the run continues',
  recheck: 'checked whether it took effect',
  retry: 'ran the step again',
  'mark-done': 'marked the step done by hand',
  skip: 'skipped the step',
  jump: 'went to another step',
  edit: 'changed inputs',
  undo: 'started an undo',
  abort: 'aborted the run',
  decline: 'declined it',
};

function didOf(intent: Intent): string | undefined {
  if (intent.type === 'answer') return `answered “${intent.value}”`;
  if (intent.type !== 'report') return DID[intent.type];
  return intent.done ? 'reported that it is done' : 'reported that it could not be done';
}
