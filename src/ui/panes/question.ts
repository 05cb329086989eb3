import { offeredBranches, QUESTIONS } from '#events/telling/question.ts';
import { stepOf } from '#events/view/place-in-run.ts';
import type { AwaitedView, RunView } from '#events/view/run-view.ts';
import { choicesOf } from '#events/wording/choices.ts';
import { valueTexts } from '#events/wording/phrases.ts';
import { barredText, isOffered, undecidedText } from '#events/wording/undecided.ts';
import {
  ACCENT,
  BLANK,
  BOLD,
  bulleted,
  DIM,
  type Line,
  limited,
  line,
  rule,
  span,
  spread,
  WARN,
  wrapped,
} from '../draw/line.ts';
import { menuLines, selectable, shortMenu } from '../draw/menu.ts';
import { executionLines } from '../draw/output-lines.ts';
import type { Pane } from '../draw/pane.ts';
import { inputLine, type TextInput } from '../keys/text-input.ts';
import { currentTitle, titleLine } from './result.ts';

/** The state of a question besides the view. */
export type AnswerState = {
  readonly input: TextInput;
  /** The index of the selected choice. */
  readonly cursor: number;
  readonly isTyping: boolean;
};

const WITHOUT = 'Enter continues without it.';

/** Returns the question of an ask step with the current answer. */
export function answerPane(
  view: RunView,
  awaited: AwaitedView,
  width: number,
  state: AnswerState,
): Pane {
  const choices = awaited.choices ?? [];
  const answer =
    choices.length > 0
      ? selectable(
          choices.map((choice, index) => ({ title: `${index + 1}  ${choice}` })),
          state.cursor,
          choices.length,
        )
      : [
          inputLine(line('> '), state.input, width, {
            masked: awaited.secret === true,
            focused: state.isTyping,
          }),
        ];
  const head = heading(view, awaited, width);
  const body = [
    ...wrapped(awaited.prompt ?? '', width),
    ...reasonLines(awaited, width),
    BLANK,
    ...answer,
    ...(awaited.input === undefined ? [] : [BLANK, line(WITHOUT, DIM)]),
  ];
  return { head: [...head, BLANK], body, foot: [] };
}

/** Returns the instruction of a manual step, and how to report on it. */
export function manualPane(
  view: RunView,
  awaited: AwaitedView,
  width: number,
  isListed: boolean,
): Pane {
  const step = stepOf(view, awaited.step);
  const why = step?.why === undefined ? [] : wrapped(step.why, width, DIM);
  return {
    head: [
      ...(step === undefined
        ? []
        : [spread(currentTitle(step, isListed), [span('manual step', DIM)], width)]),
      BLANK,
    ],
    body: [
      ...wrapped(awaited.prompt ?? '', width),
      ...reasonLines(awaited, width),
      ...(why.length === 0 ? [] : [BLANK, ...why]),
    ],
    foot: [BLANK, rule(width, QUESTIONS.report.asks), ...shortMenu(choicesOf(view), width)],
  };
}

/** Returns a condition that could not be evaluated, its values, and the selectable clauses. */
export function decisionPane(
  view: RunView,
  awaited: AwaitedView,
  width: number,
  height: number,
): Pane {
  const step = view.steps.find(({ id }) => id === awaited.step);
  const last = step?.executions.at(-1);
  const undecided = undecidedText(awaited);
  return {
    head: [...heading(view, awaited, width), BLANK],
    body: [
      ...(undecided === undefined ? [] : wrapped(undecided, width, WARN)),
      ...valueTexts(awaited.values ?? []).flatMap((text) =>
        limited(wrapped(text, width, DIM, '  '), 6),
      ),
      ...(last === undefined ? [] : [BLANK, ...executionLines(last, width, 12)]),
    ],
    foot: [
      BLANK,
      rule(width, QUESTIONS.decision.asks),
      ...clauseLines(view, awaited, width),
      ...menuLines(choicesOf(view), width, height < 30),
    ],
  };
}

function clauseLines(view: RunView, awaited: AwaitedView, width: number): readonly Line[] {
  const barred = barredText(awaited, view);
  return [
    ...offeredBranches(awaited, view).flatMap(({ clause, leads, when }) => [
      ...bulleted(span(` ${clause + 1}  `, ACCENT), leads, width),
      ...wrapped(when, width, DIM, '    '),
    ]),
    ...(isOffered(awaited, null)
      ? bulleted(span(' 0  ', ACCENT), nextInFile(view, awaited.step), width)
      : []),
    ...(barred === undefined ? [] : wrapped(barred, width, WARN)),
    BLANK,
  ];
}

function nextInFile(view: RunView, id: string): string {
  const beside = view.steps.filter(({ parent }) => parent === stepOf(view, id)?.parent);
  const next = beside[beside.findIndex((step) => step.id === id) + 1];
  return next === undefined ? 'the end' : `${next.title}, the next step in the file`;
}

function heading(view: RunView, awaited: AwaitedView, width: number): readonly Line[] {
  const step = view.steps.find(({ id }) => id === awaited.step);
  if (step === undefined) return [];
  const why = step.why === undefined ? [] : wrapped(step.why, width, DIM);
  const title = awaited.for === 'decision' ? titleLine(step, width) : line(step.title, BOLD);
  return [title, ...why];
}

function reasonLines(awaited: AwaitedView, width: number): readonly Line[] {
  return awaited.reason === undefined ? [] : wrapped(awaited.reason, width, WARN);
}
