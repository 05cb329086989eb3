import type { RecordedEvent, RunEvent } from '#events/log/event.ts';
import { type Placed, placedSteps } from '#machine/placed-step.ts';
import { canFallThrough } from '#runbook/checks/flow.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { lineName, positionAt } from '#runbook/yaml/source.ts';
import { clauseName } from './decision.ts';

/** A branch that a run of a runbook may take. */
type Branch = {
  /** The branch is taken if a run had one of these. */
  readonly keys: readonly string[];
  readonly step: string;
  /** The message for a missed branch, e.g. `clause 2 "used >= 90" (line 31) never taken`. */
  readonly missed: string;
  /** Its line in its file, from 1. */
  readonly line: number;
};

/** The branch coverage of a runbook. */
export type Coverage = {
  readonly branches: number;
  readonly taken: number;
  /** In percent, rounded down, so that 100 means all. */
  readonly percent: number;
  readonly missed: readonly Branch[];
};

/**
 * Returns the branches of a runbook: each clause of `next` and the case that none is true; both
 * values of `if`; an empty list of a repeated step; a gate confirmed and declined; an empty
 * preview. A step with none of these counts as reached or not. A runbook that is one of its steps
 * has cases of its own, and its branches count there.
 */
function branchesOf(runbook: Runbook): readonly Branch[] {
  const own = [...placedSteps(runbook)].filter(([, { frame }]) => frame === '');
  return own.flatMap(([id, step]) => {
    const ways = waysOf(step);
    const { source } = step.runbook;
    const { line } = positionAt(source, step.span.start);
    const reached: Way = ['reached', `never reached (${lineName(source, step.span.start)})`];
    return (ways.length > 0 ? ways : [reached]).map(
      ([way, missed]): Branch => ({ keys: [`${id} ${way}`], step: id, missed, line }),
    );
  });
}

/** A handler is written once, and is one branch whichever step takes it. */
function handlersOf(runbook: Runbook): readonly Branch[] {
  const found = new Map<number, Branch>();
  for (const [id, step] of placedSteps(runbook)) {
    if (step.frame !== '') continue;
    const { source } = step.runbook;
    for (const [index, { isHandler, span }] of step.next.entries()) {
      if (isHandler !== true) continue;
      const { line } = positionAt(source, span.start);
      const missed = `${clauseName(step, index, source)} of a handler never taken`;
      const { keys, ...first } = found.get(span.start) ?? { keys: [], step: id, missed, line };
      found.set(span.start, { ...first, keys: [...keys, `${id} clause ${index}`] });
    }
  }
  return [...found.values()];
}

type Way = readonly [key: string, missed: string];

function waysOf(step: Placed): readonly Way[] {
  const { does } = step;
  const { source } = step.runbook;
  const clauses = step.next.flatMap(({ isHandler }, index): readonly Way[] =>
    isHandler === true
      ? []
      : [[`clause ${index}`, `${clauseName(step, index, source)} never taken`]],
  );
  const gated = 'effect' in does && does.effect !== 'read';
  return [
    ...(step.if === undefined
      ? []
      : [
          ['if true', `never run: if "${step.if.text}" was never true`] as const,
          ['if false', `never skipped: if "${step.if.text}" was never false`] as const,
        ]),
    ...(gated
      ? [
          ['confirmed', 'its gate was never confirmed'] as const,
          ['declined', 'its gate was never declined'] as const,
        ]
      : []),
    ...(step.forEach === undefined ? [] : [['no-items', 'its list was never empty'] as const]),
    ...('preview' in does && does.preview !== undefined
      ? [['empty-preview', 'its preview never found nothing'] as const]
      : []),
    ...clauses,
    ...(step.next.length > 0 && canFallThrough(step)
      ? [['order', 'never continued in order, with no clause true'] as const]
      : []),
  ];
}

/**
 * Returns the keys of the branches that a run took. A choice by the operator covers no condition.
 */
export function takenIn(events: readonly RecordedEvent[]): readonly string[] {
  return events.flatMap(({ event }, index) => keysOf(event, nextOf(event, events, index)));
}

/** Returns the next event of the same step: other steps may run concurrently. */
function nextOf(
  event: RunEvent,
  events: readonly RecordedEvent[],
  index: number,
): RunEvent | undefined {
  if (event.type !== 'step.entered') return undefined;
  const isAbout = (other: RunEvent) => 'step' in other && other.step === event.step;
  return events.slice(index + 1).find((one) => isAbout(one.event))?.event;
}

function keysOf(event: RunEvent, next: RunEvent | undefined): readonly string[] {
  switch (event.type) {
    case 'step.entered':
      return keysOfEntering(event.step, next);
    case 'step.skipped':
      if (event.by === 'not-needed') return [`${event.step} empty-preview`];
      return event.by === 'empty-preview' || event.by === 'no-items'
        ? [`${event.step} ${event.by}`]
        : [];
    case 'gate.answered':
      return event.answer === 'confirmed' || event.answer === 'declined'
        ? [`${event.step} ${event.answer}`]
        : [];
    case 'branch.taken':
      if (event.by === 'operator') return [];
      return [`${event.step} ${event.clause === null ? 'order' : `clause ${event.clause}`}`];
    default:
      return [];
  }
}

/** The event after the entry tells whether the step's own condition was true. */
function keysOfEntering(step: string, next: RunEvent | undefined): readonly string[] {
  if (next?.type === 'operator.awaited' && next.for === 'stuck') return [];
  const isSkipped = next?.type === 'step.skipped' && next.by === 'condition';
  return [`${step} reached`, `${step} if ${!isSkipped}`];
}

/** Returns the coverage of a runbook by the branches that were taken. */
export function coverageOf(runbook: Runbook, taken: ReadonlySet<string>): Coverage {
  const branches = [...branchesOf(runbook), ...handlersOf(runbook)];
  const missed = branches.filter(({ keys }) => !keys.some((key) => taken.has(key)));
  const count = branches.length - missed.length;
  return {
    branches: branches.length,
    taken: count,
    percent: Math.floor((100 * count) / branches.length),
    missed,
  };
}
