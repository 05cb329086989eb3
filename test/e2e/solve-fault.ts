import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { readJournal } from '#run/journal/file/read.ts';
import type { Operator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

/** What the operator does when the run waits at a step; `first` is done before it is said. */
export type Answer = { readonly first?: () => Promise<unknown> } & (
  | { readonly confirm: true }
  | { readonly decline: string }
  /** A choice of an `ask` step, by its text, or any other answer. */
  | { readonly answer: string }
  | { readonly done: string }
  | { readonly notDone: string }
  /** A key of any other prompt, e.g. of the menu after a failure, with what is asked after it. */
  | { readonly key: string; readonly reason?: string }
);

/** Answers by the id of the step, `parent/child` inside a child; in turn, when there are several. */
export type Answers = Readonly<Record<string, Answer | readonly Answer[]>>;

/** How a run went. */
export type Solved = {
  readonly code: number;
  readonly outcome: string;
  readonly summary: string;
  /** The steps in the order in which the run came to them. */
  readonly path: readonly string[];
  readonly findings: readonly string[];
  readonly records: readonly RecordedEvent[];
  /** All that was printed. */
  readonly printed: string;
};

/** Less than a test has, so that what was on the screen is said. */
const WITHIN_MS = 120_000;
const POLL_MS = 20;
/** After this time an answer that changed nothing is given once more. */
const UNHEARD_MS = 5_000;
const EMPTY_PROMPT = /^answer \(.*\): *$/;
const COLUMNS = 160;

/** Runs the built command with lines and prompts, answers every question, and returns how it went. */
export async function solve(
  operator: Operator,
  args: readonly string[],
  answers: Answers,
  surroundings: readonly string[] = [],
): Promise<Solved> {
  const terminal = operator.openRunbook([...args, '--plain', '--auto'], surroundings, {
    columns: COLUMNS,
    rows: 50,
  });
  const asked = new Map<string, number>();
  const journal = journalOf(operator);
  const deadline = Date.now() + WITHIN_MS;
  let last = { at: 0, giveAgain: async () => {} };
  for (let answered = 0; !terminal.hasExited; await sleep(POLL_MS)) {
    const records = journal();
    const open = openQuestion(records);
    if (Date.now() > deadline)
      throw new Error(`the run did not come to its end:\n${terminal.history()}`);
    if (open === undefined) continue;
    if (open.seq <= answered) {
      // On a busy machine the prompt before may be taken for the one of this question, and what is typed
      // before its question counts for nothing.
      if (Date.now() - last.at > UNHEARD_MS && EMPTY_PROMPT.test(lastLine(terminal.text()))) {
        last = { ...last, at: Date.now() };
        await last.giveAgain();
      }
      continue;
    }
    const turn = asked.get(open.event.step) ?? 0;
    const answer = [answers[open.event.step] ?? []].flat()[turn];
    if (answer === undefined)
      throw new Error(
        `nobody said what to do at ${open.event.step} (${open.event.for}, time ${turn + 1}):\n${terminal.history()}`,
      );
    asked.set(open.event.step, turn + 1);
    await answer.first?.();
    const giveIt = () => give(terminal, answer, open.event, phraseOf(records, open.event.step));
    await giveIt();
    last = { at: Date.now(), giveAgain: giveIt };
    answered = open.seq;
  }
  const { code } = await terminal.exited;
  const solved = { code, printed: terminal.history(), ...told(journal()) };
  noteFindings(solved);
  return solved;
}

/** Appends what a run said to the file of `RUNBOOK_FINDINGS`, to be read against what was broken. */
function noteFindings({ outcome, summary, path, records }: Omit<Solved, 'code' | 'printed'>): void {
  const file = process.env.RUNBOOK_FINDINGS;
  if (file === undefined) return;
  const said = records.flatMap(({ event }) =>
    event.type === 'branch.taken' && event.finding !== undefined
      ? [`- ${event.step}: ${event.finding}`]
      : [],
  );
  const { testPath, currentTestName } = expect.getState();
  const head = `## ${testPath?.split('/').at(-1)} · ${currentTestName}`;
  const text = [head, ...said, `path: ${path.join(' ')}`, `end: ${outcome}: ${summary}`, '', ''];
  appendFileSync(file, text.join('\n'));
}

/** Returns what reads the journal of the newest run, if it has grown: to read it takes from the run's own time. */
function journalOf(operator: Operator): () => readonly RecordedEvent[] {
  let last = { path: '', size: 0, records: [] as readonly RecordedEvent[] };
  return () => {
    const path = join(operator.findRunFolder() ?? '', 'journal.jsonl');
    // The folder is there a moment before the journal in it.
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > 0 && (path !== last.path || size !== last.size))
      last = { path, size, records: readJournal(path).records };
    return last.records;
  };
}

type Question = RecordedEvent & { readonly event: EventOf<'operator.awaited'> };

const ENDS_A_QUESTION: ReadonlySet<string> = new Set([
  'gate.answered',
  'operator.acted',
  'run.finished',
  'run.paused',
]);

function openQuestion(records: readonly RecordedEvent[]): Question | undefined {
  const last = records.findLast(
    ({ event }) => event.type === 'operator.awaited' || ENDS_A_QUESTION.has(event.type),
  );
  return last?.event.type === 'operator.awaited' ? (last as Question) : undefined;
}

function phraseOf(records: readonly RecordedEvent[], step: string): string | undefined {
  const gate = records.findLast(({ event }) => event.type === 'gate.opened' && event.step === step);
  return gate?.event.type === 'gate.opened' ? gate.event.phrase : undefined;
}

async function give(
  terminal: OpenTerminal,
  answer: Answer,
  question: EventOf<'operator.awaited'>,
  phrase: string | undefined,
): Promise<void> {
  const say = async (prompt: RegExp, line: string): Promise<void> => {
    await terminal.waitFor((screen) => prompt.test(lastLine(screen)));
    terminal.type(line);
    terminal.press('enter');
  };
  const at = PROMPTS[question.for === 'gate' ? 'gate' : question.for === 'answer' ? 'ask' : 'menu'];
  if ('confirm' in answer) await say(at, phrase ?? 'y');
  else if ('answer' in answer) {
    const choice = question.choices?.indexOf(answer.answer) ?? -1;
    await say(at, choice < 0 ? answer.answer : String(choice + 1));
  } else {
    const [key, words] = wordsOf(answer);
    await say(at, key);
    if (words !== undefined) await say(PROMPTS.words, words);
  }
}

const PROMPTS = {
  // What was typed before its prompt is there is dropped: a line that has an answer is the one before it,
  // and other lines end with a colon as well.
  gate: /^(?:Type .* to run it|Run it\?|A dry run).*: $/,
  ask: /^answer .*: $/,
  menu: /\bn note\b.*: $/,
  words: /^(?:What|Why|why)\b.*[?)] $/,
} as const;

function wordsOf(answer: Exclude<Answer, { readonly answer: string }>): [string, string?] {
  if ('decline' in answer) return ['x', answer.decline];
  if ('done' in answer) return ['y', answer.done];
  if ('notDone' in answer) return ['f', answer.notDone];
  if ('key' in answer)
    return answer.reason === undefined ? [answer.key] : [answer.key, answer.reason];
  return ['y'];
}

/** The last line, put together again where it was too long for the terminal. */
function lastLine(screen: string): string {
  const lines = screen.trimEnd().split('\n');
  const begin = lines.findLastIndex(
    (_, index) => index === 0 || (lines[index - 1] ?? '').length < COLUMNS,
  );
  return `${lines.slice(begin).join('')} `;
}

function told(
  records: readonly RecordedEvent[],
): Pick<Solved, 'outcome' | 'summary' | 'path' | 'findings' | 'records'> {
  const events = records.map(({ event }) => event);
  const end = events.find((event) => event.type === 'run.finished');
  return {
    outcome: end?.outcome ?? 'paused',
    summary: end?.summary ?? '',
    path: events.flatMap((event) => (event.type === 'step.entered' ? [event.step] : [])),
    findings: events.flatMap((event) =>
      event.type === 'branch.taken' && event.finding !== undefined ? [event.finding] : [],
    ),
    records,
  };
}
