import { isOfAdhoc } from '#events/log/adhoc.ts';
import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { endsIncident } from '#runbook/model/outcomes.ts';
import { phaseTimes } from './phase-times.ts';

/** How often the operator declined or skipped a step, and how often it failed undecided. */
export type StepTrouble = {
  readonly step: string;
  readonly title: string;
  readonly declined: number;
  readonly skipped: number;
  readonly failed: number;
};

/** The figures of one runbook over its runs. Times are medians, in milliseconds. */
export type RunbookStats = {
  readonly runbook: string;
  /** Its own runs, without dry runs. */
  readonly runs: number;
  /** How often it ran as a step of another runbook. */
  readonly asStep: number;
  /** How often each outcome was reached, alone and as a step; `unfinished` for the rest. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly firstDecisionMs: number | undefined;
  readonly resolutionMs: number | undefined;
  /** Steps with trouble, most often first. */
  readonly steps: readonly StepTrouble[];
};

/** The kinds of trouble with a step. */
export const TROUBLES = ['declined', 'skipped', 'failed'] as const;
type Trouble = (typeof TROUBLES)[number];

type Tally = {
  runs: number;
  asStep: number;
  readonly outcomes: Map<string, number>;
  readonly firstDecisions: number[];
  readonly resolutions: number[];
  readonly steps: Map<string, { title: string } & Record<Trouble, number>>;
};

/** Collects figures over runs, one after the other, per runbook. Keeps no events. */
export class StatsCollector {
  readonly #tallies = new Map<string, Tally>();

  readonly #withPractice: boolean;

  /** `withPractice` counts the runs of drills, too. */
  constructor({ withPractice = false }: { readonly withPractice?: boolean } = {}) {
    this.#withPractice = withPractice;
  }

  /** Adds a run by its events. Dry runs, practice, and events without a start, are ignored. */
  add(records: readonly RecordedEvent[]): void {
    const started = records[0]?.event;
    if (started?.type !== 'run.started' || started.mode !== 'live') return;
    if (started.practice !== undefined && !this.#withPractice) return;
    const tally = this.#tallyOf(started.runbook.name);
    const { firstDecision, total } = phaseTimes(records);
    const over = records.findLast(({ event }) => event.type === 'run.finished')?.event;
    const outcome = over?.type === 'run.finished' ? over.outcome : 'unfinished';
    tally.runs += 1;
    count(tally.outcomes, outcome);
    if (firstDecision !== undefined) tally.firstDecisions.push(firstDecision);
    if (outcome !== 'unfinished' && endsIncident(outcome)) tally.resolutions.push(total);
    this.#addSteps(records, started);
  }

  /** Returns the figures, of the most frequent runbook first. */
  figures(): readonly RunbookStats[] {
    const all = [...this.#tallies].map(([runbook, tally]) => figuresOf(runbook, tally));
    return all.toSorted(
      (a, b) => b.runs + b.asStep - (a.runs + a.asStep) || (a.runbook < b.runbook ? -1 : 1),
    );
  }

  #addSteps(records: readonly RecordedEvent[], started: EventOf<'run.started'>): void {
    const outlines = new Map(started.steps.map((outline) => [outline.id, outline]));
    // The names of the runbooks that run as steps, by the ID of the step.
    const children = new Map<string, string>();
    const add = (id: string, trouble: Trouble, by: 1 | -1 = 1) => {
      const title = outlines.get(id)?.title;
      const cut = Math.max(0, id.lastIndexOf('/'));
      const { steps } = this.#tallyOf(children.get(id.slice(0, cut)) ?? started.runbook.name);
      const name = id.slice(cut === 0 ? 0 : cut + 1);
      const known = steps.get(name) ?? { title: title ?? name, declined: 0, skipped: 0, failed: 0 };
      steps.set(name, { ...known, [trouble]: known[trouble] + by });
    };
    const failed = new Set<string>();
    for (const { event } of records) {
      if (isOfAdhoc(event) || !('step' in event) || event.step === undefined) continue;
      const { step } = event;
      this.#addChild(event, children);
      const trouble = troubleIn(event);
      if (trouble !== undefined) add(step, trouble);
      if (trouble === 'failed') failed.add(step);
      // An operator who skipped the step or ran it again took the decision from the runbook.
      if (event.type === 'operator.acted' && event.intent.type !== 'continue') failed.delete(step);
      // The runbook expected the failure of this read: it is the incident.
      const isExpected = isDecided(event) && outlines.get(step)?.effect === 'read';
      if (isExpected && failed.delete(step)) add(step, 'failed', -1);
    }
  }

  #addChild(event: RecordedEvent['event'], children: Map<string, string>): void {
    if (event.type === 'child.started') {
      children.set(event.step, event.runbook.name);
      this.#tallyOf(event.runbook.name).asStep += 1;
    }
    const ended = event.type === 'child.finished' ? children.get(event.step) : undefined;
    if (event.type === 'child.finished' && ended !== undefined)
      count(this.#tallyOf(ended).outcomes, event.outcome);
  }

  #tallyOf(runbook: string): Tally {
    const known = this.#tallies.get(runbook);
    if (known !== undefined) return known;
    const fresh: Tally = {
      runs: 0,
      asStep: 0,
      outcomes: new Map(),
      firstDecisions: [],
      resolutions: [],
      steps: new Map(),
    };
    this.#tallies.set(runbook, fresh);
    return fresh;
  }
}

function troubleIn(event: RecordedEvent['event']): Trouble | undefined {
  switch (event.type) {
    case 'gate.answered':
      return event.answer === 'declined' ? 'declined' : undefined;
    case 'step.skipped':
      return event.by === 'operator' ? 'skipped' : undefined;
    case 'step.settled': {
      const isFailed = event.status === 'failed' && event.error?.kind !== 'declined';
      return isFailed ? 'failed' : undefined;
    }
    default:
      return undefined;
  }
}

function isDecided(event: RecordedEvent['event']): boolean {
  return event.type === 'branch.taken' && event.by !== 'operator';
}

function figuresOf(runbook: string, tally: Tally): RunbookStats {
  const steps = [...tally.steps]
    .map(([step, trouble]) => ({ step, ...trouble }))
    .filter((one) => troubleOf(one) > 0)
    .toSorted((a, b) => troubleOf(b) - troubleOf(a) || (a.step < b.step ? -1 : 1));
  return {
    runbook,
    runs: tally.runs,
    asStep: tally.asStep,
    outcomes: Object.fromEntries(tally.outcomes),
    firstDecisionMs: median(tally.firstDecisions),
    resolutionMs: median(tally.resolutions),
    steps,
  };
}

/** Returns how often something was wrong with a step. */
export function troubleOf({
  declined,
  skipped,
  failed,
}: Omit<StepTrouble, 'step' | 'title'>): number {
  return declined + skipped + failed;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Returns the median, of an even number of values the mean of the middle two; none of no values. */
function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  return Math.round((lower + upper) / 2);
}
