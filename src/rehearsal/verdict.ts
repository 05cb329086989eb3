import type { EventOf, RunEvent, RunEventType } from '#events/log/event.ts';
import type { FindingView } from '#events/view/run-view.ts';
import { surroundingsOf } from '#events/wording/action-surroundings.ts';
import { textOf } from '#runbook/expression/template.ts';
import { counted } from '#text/count.ts';
import { harmlessLine } from '#text/harmless.ts';
import {
  type CaseStatus,
  divergence,
  type Expectation,
  type ExpectedGate,
  type ExpectedList,
} from './cases/case.ts';
import { decisionLines } from './decision.ts';
import { type Failure, failure } from './failure.ts';
import { nameOfPart } from './mocks/missing-result.ts';
import type { Rehearsed, Stage } from './stage.ts';

/** Returns every difference between a run and its case, in the order of the run. */
export function caseVerdict(rehearsed: Rehearsed, stage: Stage): readonly Failure[] {
  const { stopped, view } = rehearsed;
  const { expect } = rehearsed.case;
  const astray = pathFailure(rehearsed, stage, stopped !== undefined);
  if (stopped !== undefined)
    return [
      ...astray,
      { ...stopped, detail: [...stopped.detail, `path so far: ${arrows(view.path)}`] },
    ];
  // Failures that follow from another path add nothing.
  if (astray.length > 0) return astray;
  return [
    ...endFailures(rehearsed),
    ...listFailure('finding', expect.findings, view.findings),
    ...listFailure(
      'cause',
      expect.causes,
      view.findings.filter(({ isCause }) => isCause),
    ),
    ...gateFailures(rehearsed),
    ...statusFailures(rehearsed, expect),
    ...sparedFailures(rehearsed, expect),
    ...holes(rehearsed),
    ...unused(rehearsed, stage),
  ];
}

function pathFailure(rehearsed: Rehearsed, stage: Stage, isCut: boolean): readonly Failure[] {
  const { path } = rehearsed.case.expect;
  if (path === undefined) return [];
  const actual = rehearsed.view.path;
  const left = divergence(path, actual, (expected, step) => expected === step);
  // A run that was cut short has not diverged as long as it matches so far.
  if (left === undefined || (isCut && left.at >= actual.length)) return [];
  const before = actual[left.at - 1];
  const taken = eventsOf(rehearsed, 'branch.taken').findLast(
    (event) => event.step === before && (actual[left.at] ?? event.goto) === event.goto,
  );
  const step = stage.steps.get(before ?? '');
  const why =
    taken === undefined || step === undefined
      ? []
      : decisionLines(taken, step, step.runbook.source);
  const expected = left.expected?.value ?? 'the end';
  return [
    failure('the run took another path', left.expected?.span ?? path.span, {
      hint: `expected ${expected}, and the run came to ${actual[left.at] ?? 'its end'}`,
      detail: [
        `expected  ${arrows(path.entries.map((entry) => ('any' in entry ? '...' : entry.value)))}`,
        `actual    ${arrows(actual)}`,
        ...why,
      ],
    }),
  ];
}

function endFailures({ view, case: { expect } }: Rehearsed): readonly Failure[] {
  const actual = view.outcome ?? 'left';
  const { outcome, summary, continueWith } = expect;
  const failures: Failure[] = [];
  if (outcome !== undefined && outcome.value !== actual)
    failures.push(
      failure(`the run ended ${actual}`, outcome.span, {
        hint: `expected ${outcome.value}`,
        detail: [`path: ${arrows(view.path)}`],
      }),
    );
  if (summary !== undefined && !(view.summary ?? '').includes(summary.value))
    failures.push(
      failure('the summary differs', summary.span, {
        hint: 'this is not in it',
        detail: [`summary: ${harmlessLine(view.summary ?? '')}`],
      }),
    );
  const next = view.continueWith ?? 'no runbook';
  if (continueWith !== undefined && continueWith.value !== next)
    failures.push(
      failure(`the run ends with ${next} to continue`, continueWith.span, {
        hint: `expected ${continueWith.value}`,
      }),
    );
  return failures;
}

function listFailure(
  name: 'finding' | 'cause',
  list: ExpectedList<string> | undefined,
  findings: readonly FindingView[],
): readonly Failure[] {
  const actual = findings.map(({ text }) => text);
  const left = list && divergence(list, actual, (part, text) => text.includes(part));
  if (list === undefined || left === undefined) return [];
  const happened = actual[left.at];
  const hint =
    left.expected === undefined
      ? 'expected no more than these'
      : happened === undefined
        ? `there is no such ${name}`
        : `this is not part of ${name} ${left.at + 1}`;
  return [
    failure(`the ${name}s differ`, left.expected?.span ?? list.span, {
      hint,
      detail: actual.map(
        (text, index) => `${index === left.at ? '>' : ' '} ${index + 1} ${harmlessLine(text)}`,
      ),
    }),
  ];
}

function gateFailures(rehearsed: Rehearsed): readonly Failure[] {
  const list = rehearsed.case.expect.gates;
  const opened = eventsOf(rehearsed, 'gate.opened');
  const left =
    list && divergence(list, opened, (gate, event) => gateMisfit(gate, event) === undefined);
  if (list === undefined || left === undefined) return [];
  const shown = opened[left.at];
  const why = left.expected && shown && gateMisfit(left.expected.value, shown);
  const message =
    left.expected === undefined
      ? `one more gate opened: ${shown?.step}`
      : shown === undefined
        ? `the gate of ${left.expected.value.step} did not open`
        : `the gate of ${shown.step} differs`;
  return [
    failure(message, left.expected?.span ?? list.span, {
      hint: why?.reason,
      detail: [`gates: ${arrows(opened.map(({ step }) => step)) || 'none'}`, ...(why?.shown ?? [])],
    }),
  ];
}

function statusFailures({ view }: Rehearsed, { statuses }: Expectation): readonly Failure[] {
  return statuses.flatMap(({ span, value: { step, status } }) => {
    const found = view.steps.find(({ id }) => id === step);
    const actual = statusOf(found?.state);
    if (actual === status) return [];
    const why = found?.error ?? found?.skippedBecause;
    const reason = typeof why === 'string' ? why : why && `${why.kind}: ${why.message}`;
    return [
      failure(`${step} is ${actual}`, span, {
        hint: `expected ${status}`,
        detail: reason === undefined ? [] : [harmlessLine(reason)],
      }),
    ];
  });
}

function sparedFailures(rehearsed: Rehearsed, { spared }: Expectation): readonly Failure[] {
  return spared.flatMap(({ span, value: { step, rows } }) => {
    const events = eventsOf(rehearsed, 'rows.spared').filter((event) => event.step === step);
    const actual = events.reduce((sum, event) => sum + event.rows.length, 0);
    if (actual === rows) return [];
    return [
      failure(`${step} spared ${counted(actual, 'row')}`, span, { hint: `expected ${rows}` }),
    ];
  });
}

function statusOf(state: string | undefined): CaseStatus {
  if (state === undefined || state === 'waiting' || state === 'not-taken') return 'not-reached';
  return state as CaseStatus;
}

function unused(
  { unusedResults, unusedAnswers, view }: Rehearsed,
  { steps }: Stage,
): readonly Failure[] {
  const reached = new Set(view.path);
  return [
    ...unusedResults.map(({ step, part, result }) => {
      const what = nameOfPart(steps.get(step), step, part);
      const why = reached.has(step) ? 'did not run for this result' : 'was never reached';
      return failure(`${what} ${why}`, result.span, {
        hint: 'leave it out, or write optional: true',
      });
    }),
    ...unusedAnswers.map(({ span, verb, step }) =>
      failure(`the operator was never asked to ${verb} ${step}`, span, { hint: 'leave it out' }),
    ),
  ];
}

/** Returns the events of one type. */
function eventsOf<T extends RunEventType>({ events }: Rehearsed, type: T): readonly EventOf<T>[] {
  return events.flatMap(({ event }) => (event.type === type ? [event as EventOf<T>] : []));
}

function arrows(steps: readonly string[]): string {
  return steps.join(' → ');
}

type Gate = EventOf<'gate.opened'>;

/** Returns how a gate differs from the expected one, and what it shows; undefined if it matches. */
function gateMisfit(
  expected: ExpectedGate,
  gate: Gate,
): { readonly reason: string; readonly shown: readonly string[] } | undefined {
  const reason = reasonOf(expected, gate);
  return reason === undefined
    ? undefined
    : { reason, shown: linesOf(gate).map((line) => `  ${line}`) };
}

function reasonOf(expected: ExpectedGate, gate: Gate): string | undefined {
  if (expected.step !== gate.step) return `expected the gate of ${expected.step}`;
  for (const name of ['effect', 'level', 'phrase'] as const) {
    const wanted = expected[name];
    if (wanted !== undefined && wanted !== gate[name])
      return `its ${name} is ${gate[name] ?? 'not there'}, expected ${wanted}`;
  }
  const isUndo = gate.part === 'undo';
  if (expected.undo !== undefined && expected.undo !== isUndo)
    return isUndo ? 'it is the gate of an undo' : 'it is not the gate of an undo';
  const rows = gate.preview?.rows.length ?? 0;
  if (expected.rows !== undefined && expected.rows !== rows)
    return `it shows ${counted(rows, 'row')}, expected ${expected.rows}`;
  const text = textOnGate(gate);
  const missing = expected.shows.find((part) => !text.includes(part));
  return missing === undefined ? undefined : `it does not show "${missing}"`;
}

/** Returns all the text on a gate. */
function textOnGate(gate: Gate): string {
  const { title, action, phrase, warning, notRead, undo, preview } = gate;
  const cells = (preview?.rows ?? []).flatMap((row) => Object.values(row).map(textOf));
  const parts = [
    title,
    action.text,
    ...surroundingsOf(action),
    action.stdin,
    action.where,
    phrase,
    warning,
    notRead,
    undo,
    ...cells,
  ];
  return parts.filter((part) => part !== undefined).join('\n');
}

const MOST_ROWS = 5;

function linesOf(gate: Gate): readonly string[] {
  const { effect, level, phrase, action, warning, notRead, preview } = gate;
  const rows = preview?.rows ?? [];
  return [
    `${effect}, confirmed by ${level === 'key' ? 'a key' : `typing ${phrase}`}`,
    `on ${action.where}`,
    ...action.text.trimEnd().split('\n').map(harmlessLine),
    ...(action.values.length > 0 ? [`values: ${action.values.map(harmlessLine).join(', ')}`] : []),
    ...surroundingsOf({ ...action, values: [] }),
    ...(action.stdin === undefined ? [] : [`standard input: ${harmlessLine(action.stdin)}`]),
    ...(warning === undefined ? [] : [`warning: ${harmlessLine(warning)}`]),
    ...(notRead === undefined ? [] : [harmlessLine(notRead)]),
    ...rows.slice(0, MOST_ROWS).map((row) => `row: ${harmlessLine(JSON.stringify(row))}`),
    ...(rows.length > MOST_ROWS ? [`and ${counted(rows.length - MOST_ROWS, 'row')} more`] : []),
  ];
}

/** The marker of a missing value in a text for people. */
const HOLE = /‹no ([^›]+)›/g;

/**
 * Returns a failure for every finding or warning shown with a missing value: neither the results of
 * the case nor the path to that step provide it.
 */
function holes(rehearsed: Rehearsed): readonly Failure[] {
  const { findings, summary } = rehearsed.case.expect;
  const expected = [
    ...(findings?.entries ?? []).flatMap((entry) => ('any' in entry ? [] : [entry.value])),
    summary?.value ?? '',
  ];
  const told = new Set<string>();
  return rehearsed.events.flatMap(({ event }) => {
    const [what, text] = shownText(event);
    return [...text.matchAll(HOLE)].flatMap(([hole, name = '']): readonly Failure[] => {
      const message = `${what} has no value for ${name}`;
      if (told.has(message) || expected.some((part) => part.includes(hole))) return [];
      told.add(message);
      return [
        failure(message, rehearsed.case.span, {
          hint: 'give it in a result, or check that the step it comes from runs before',
        }),
      ];
    });
  });
}

function shownText(event: RunEvent): readonly [string, string] {
  switch (event.type) {
    case 'branch.taken':
      return [`the finding of ${event.step}`, event.finding ?? ''];
    case 'gate.opened':
      return [`the warning of ${event.step}`, event.warning ?? ''];
    case 'operator.awaited':
      return [`the question of ${event.step}`, event.prompt ?? ''];
    case 'run.finished':
      return ['the summary', event.summary];
    default:
      return ['', ''];
  }
}
