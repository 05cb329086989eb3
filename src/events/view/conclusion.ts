import { type OpenPoint, openPoints } from './open-points.ts';
import { callerOf, stepOf } from './place-in-run.ts';
import type { ChangeView, FindingView, RunView } from './run-view.ts';

/** What a run says about its incident: the cause, the changes, and what is left to do. */
export type Conclusion = {
  /** The ID of the step whose runbook found the cause; undefined if the run's own did. */
  readonly caller?: string;
  /** The name and title of that runbook. */
  readonly runbook: { readonly name: string; readonly title: string };
  /** What prevents the incident, from that runbook. */
  readonly prevention: readonly string[];
  /** The finding that each lasting change followed; without a change the last finding. */
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
  const own = view.findings.filter(({ step }) => callerOf(view, step)?.id === caller);
  const diagnosed = own.filter(({ step }) => stepOf(view, step)?.phase === 'diagnose');
  const lasting = changes.filter((change) => isLasting(change) && isOf(view, caller, change));
  const led = ledTo(view, caller);
  const causes = causesOf(diagnosed, lasting);
  const last = causes.at(-1) ?? led;
  return {
    ...(caller === undefined ? {} : { caller }),
    ...aboutRunbook(view, caller),
    causes: causes.length === 0 && led !== undefined ? [led] : causes,
    evidence: [
      ...(led === undefined ? [] : [led]),
      ...diagnosed.slice(0, last === undefined ? 0 : diagnosed.lastIndexOf(last) + 1),
    ],
    changes,
    open: openPoints(view),
  };
}

/** Returns whether a change took effect and was not undone. */
export function isLasting({ state, undo }: ChangeView): boolean {
  return (state === 'succeeded' || state === 'by-hand') && undo !== 'done';
}

/** The runbook of the last lasting change, else the last that resolved something or ran at all. */
function decisiveCaller(view: RunView): string | undefined {
  const last = view.changes?.findLast(
    (change) => isLasting(change) && stepOf(view, change.step) !== undefined,
  );
  if (last !== undefined) return callerOf(view, last.step)?.id;
  const ran = view.path.filter((id) => stepOf(view, id)?.child !== undefined);
  const resolved = ran.findLast((id) => stepOf(view, id)?.child?.end?.outcome === 'resolved');
  return resolved ?? ran.at(-1);
}

/** An ad-hoc command belongs to whatever was going on. */
function isOf(view: RunView, caller: string | undefined, { step }: ChangeView): boolean {
  return stepOf(view, step) === undefined || callerOf(view, step)?.id === caller;
}

function causesOf(
  findings: readonly FindingView[],
  changes: readonly ChangeView[],
): readonly FindingView[] {
  const found = changes.flatMap(({ at }) => findings.findLast((one) => one.at <= at) ?? []);
  return found.length === 0 ? findings.slice(-1) : [...new Set(found)];
}

/** Returns the finding that led to the runbook of a step. */
function ledTo(view: RunView, caller: string | undefined): FindingView | undefined {
  const since = caller === undefined ? undefined : stepOf(view, caller)?.enteredAt;
  if (caller === undefined || since === undefined) return undefined;
  const outer = callerOf(view, caller)?.id;
  return view.findings.findLast(
    ({ at, step }) => at <= since && callerOf(view, step)?.id === outer,
  );
}

function aboutRunbook(
  view: RunView,
  caller: string | undefined,
): Pick<Conclusion, 'runbook' | 'prevention'> {
  const { name, title, prevention } = view.runbook;
  const child = stepOf(view, caller)?.child?.runbook;
  if (child === undefined) return { runbook: { name, title }, prevention };
  const known = view.children?.find((one) => one.name === child.name);
  return {
    runbook: { name: child.name, title: child.title },
    prevention: known?.prevention ?? [],
  };
}
