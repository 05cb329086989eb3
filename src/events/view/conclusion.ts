import { endsIncident, leavesIncident } from '#runbook/model/outcomes.ts';
import { type OpenPoint, openPoints } from './open-points.ts';
import { callerOf, stepOf } from './place-in-run.ts';
import type { ChangeView, ChildView, FindingView, RunView } from './run-view.ts';

/** The conclusion of a run about its incident: the cause, the changes, and what is left to do. */
export type Conclusion = {
  /** The incident in a line: its kind, and its first cause. */
  readonly title: string;
  /** The ID of the step whose runbook found the cause; undefined if the run's own did. */
  readonly caller?: string;
  /** The name and title of that runbook. */
  readonly runbook: { readonly name: string; readonly title: string };
  /** The incident's effect on users, from that runbook. */
  readonly impact?: string;
  /** The ways to prevent it, from that runbook. */
  readonly prevention: readonly string[];
  /** How the run ended; if another runbook decided it, first or only in the words of that runbook. */
  readonly summary: string;
  /**
   * The findings that the runbook marks as causes. If it marks none: the finding that each lasting
   * change followed; without a change the last one of a run that ended. Empty if no cause is known.
   */
  readonly causes: readonly FindingView[];
  /** The findings that led to the causes, in order, with the causes. */
  readonly evidence: readonly FindingView[];
  /** The changes of the run, in order. */
  readonly changes: readonly ChangeView[];
  readonly open: readonly OpenPoint[];
};

/** Returns the conclusion of a run, also of one that has not ended. */
export function conclusionOf(view: RunView): Conclusion {
  const { changes = [] } = view;
  const caller = decisiveCaller(view);
  const led = ledTo(view, caller);
  const diagnosed = view.findings.filter(({ step }) => isDiagnosed(view, caller, step));
  const marked = markedCauses(view, caller);
  const causes = marked ?? derivedCauses(view, diagnosed, led);
  const runbook = runbookOf(view, caller);
  const isUnproven = marked?.length === 0 && view.outcome !== undefined;
  const summary = summaryOf(view, caller);
  const kind = isUnproven ? `${runbook.title}: no cause established` : runbook.title;
  return {
    title: titleOf(
      view,
      caller,
      kind,
      causes.find(({ step }) => callerOf(view, step)?.id === caller) ?? causes[0],
    ),
    ...(caller === undefined ? {} : { caller }),
    runbook: { name: runbook.name, title: runbook.title },
    ...(runbook.impact === undefined ? {} : { impact: runbook.impact }),
    prevention: runbook.prevention,
    summary,
    causes,
    evidence: view.findings.filter(
      (one) =>
        causes.includes(one) ||
        (causes.length > 0 && one === led) ||
        (!one.isElse && diagnosed.includes(one) && one.at <= (causes.at(-1)?.at ?? '')),
    ),
    changes,
    open: openPoints(view, endOf(view, caller)?.unchecked),
  };
}

/** Returns whether anything of a change was sent or done by hand, whatever came of it. */
export function hasChanged({ changes = [] }: Pick<RunView, 'changes'>): boolean {
  return changes.some(({ state }) => state !== 'not-sent');
}

/** Returns whether the runbook of a run only leads to others, and fixes nothing itself. */
export function isLeading({ steps }: Pick<RunView, 'steps'>): boolean {
  const own = steps.filter(({ parent }) => parent === undefined);
  return (
    own.some(({ kind }) => kind === 'runbook') &&
    own.every(({ kind, phase }) => phase !== 'fix' || kind === 'runbook')
  );
}

/** Returns whether a change took effect and was not undone. */
export function isLasting({ state, undo }: ChangeView): boolean {
  return (state === 'succeeded' || state === 'by-hand') && undo !== 'done';
}

/**
 * The runbook of the last lasting change, else the last that resolved something, found a cause, or ran
 * at all.
 */
function decisiveCaller(view: RunView): string | undefined {
  const last = view.changes?.findLast(
    (change) => isLasting(change) && stepOf(view, change.step) !== undefined,
  );
  if (last !== undefined) return callerOf(view, last.step)?.id;
  const ran = view.path.filter((id) => stepOf(view, id)?.child !== undefined);
  const resolved = ran.findLast((id) => endsIncident(stepOf(view, id)?.child?.end?.outcome));
  const found = ran.findLast((id) =>
    view.findings.some(({ step, isCause }) => isCause && callerOf(view, step)?.id === id),
  );
  return resolved ?? found ?? ran.at(-1);
}

/** An operator's answer or report is a decision, not evidence. */
function isDiagnosed(view: RunView, caller: string | undefined, id: string): boolean {
  const step = stepOf(view, id);
  const isAsked = step?.kind === 'ask' || step?.kind === 'manual';
  return step?.phase === 'diagnose' && !isAsked && callerOf(view, id)?.id === caller;
}

/**
 * Returns the causes that the runbook of a step marks, with those of the runbooks whose changes also
 * last, else those of any runbook of the run; undefined if neither it nor another one marks any.
 */
function markedCauses(
  view: RunView,
  caller: string | undefined,
): readonly FindingView[] | undefined {
  const marked = view.findings.filter(({ isCause }) => isCause);
  const changed = (view.changes ?? [])
    .filter(isLasting)
    .map(({ step }) => callerOf(view, step)?.id);
  const own = marked.filter(({ step }) => callerOf(view, step)?.id === caller);
  if (marked.length === 0 && runbookOf(view, caller).marksCauses !== true) return undefined;
  const causes =
    own.length === 0
      ? marked
      : marked.filter((one) => own.includes(one) || changed.includes(callerOf(view, one.step)?.id));
  return causes.filter(({ text }, index) => causes.findIndex((one) => one.text === text) === index);
}

/**
 * A runbook that leads to others can only say that one of them resolved the incident, or could not:
 * what is left to do is in the words of that one.
 */
function summaryOf(view: RunView, caller: string | undefined): string {
  const { outcome, summary = '' } = view;
  const last = stepOf(view, caller)?.child?.end;
  const isHandedOn = leavesIncident(outcome) && leavesIncident(last?.outcome) && isLeading(view);
  if (last !== undefined && isHandedOn) return `${last.summary} ${summary}`;
  return (endOf(view, caller) ?? view).summary ?? '';
}

/** Returns the end of the runbook that resolved the incident as a step. */
function endOf(view: RunView, caller: string | undefined): ChildView['end'] {
  const end = stepOf(view, caller)?.child?.end;
  return endsIncident(end?.outcome) && endsIncident(view.outcome) ? end : undefined;
}

/** Runbooks without marks say no more than what was found before something was changed. */
function derivedCauses(
  view: RunView,
  findings: readonly FindingView[],
  led: FindingView | undefined,
): readonly FindingView[] {
  const followed = (view.changes ?? [])
    .filter(isLasting)
    .flatMap(({ at }) => findings.findLast((one) => one.at <= at) ?? []);
  if (followed.length > 0) return [...new Set(followed)];
  const isOver = view.outcome !== undefined && view.outcome !== 'aborted';
  const last = isOver ? findings.slice(-1) : [];
  return last.length === 0 && led !== undefined ? [led] : last;
}

/** Returns the finding that led to the runbook of a step; an operator's answer found nothing. */
function ledTo(view: RunView, caller: string | undefined): FindingView | undefined {
  const since = caller === undefined ? undefined : stepOf(view, caller)?.enteredAt;
  if (caller === undefined || since === undefined) return undefined;
  const outer = callerOf(view, caller)?.id;
  return view.findings.findLast(
    ({ at, step }) =>
      at <= since && callerOf(view, step)?.id === outer && stepOf(view, step)?.kind !== 'ask',
  );
}

function runbookOf(
  view: RunView,
  caller: string | undefined,
): Pick<RunView['runbook'], 'name' | 'title' | 'impact' | 'marksCauses' | 'prevention'> {
  const child = stepOf(view, caller)?.child?.runbook;
  if (child === undefined) return view.runbook;
  const {
    impact,
    marksCauses,
    prevention = [],
  } = view.children?.find(({ name }) => name === child.name) ?? {};
  return {
    ...child,
    ...(impact === undefined ? {} : { impact }),
    ...(marksCauses === undefined ? {} : { marksCauses }),
    prevention,
  };
}

/** A runbook that only leads to others, and fixes nothing itself, names no incident. */
function titleOf(
  view: RunView,
  caller: string | undefined,
  kind: string,
  cause: FindingView | undefined,
): string {
  if (cause === undefined) return kind;
  const what = firstStatement(cause.text);
  return caller === undefined && isLeading(view) ? what : `${kind}: ${what}`;
}

/** Returns the first statement of a text, without what is in brackets. */
function firstStatement(text: string): string {
  const [first = ''] = text.replaceAll(/ \([^()]*\)/g, '').split(/[.;](?:\s|$)/u);
  return first.trim();
}
