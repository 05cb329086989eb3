import { isConsole } from '#runbook/model/engines.ts';
import type { EventOf, StartedTarget } from '../log/event.ts';
import { onlyLostNews } from './adhoc-news.ts';
import { interrupted, leftOver, withStep } from './fold-step.ts';
import { callerOf, inputsAt } from './place-in-run.ts';
import type { AwaitedView, PlaceView, RunView, StepView } from './run-view.ts';

/** Returns the initial view of a run, after its start. */
export function started(event: EventOf<'run.started'>, at: string): Omit<RunView, 'seq'> {
  return {
    runId: event.runId,
    mode: event.mode,
    ...(event.environment === undefined ? {} : { environment: event.environment }),
    options: event.options ?? (event.environment === undefined ? '' : `--env ${event.environment}`),
    ...(event.practice === undefined ? {} : { practice: event.practice }),
    runbook: event.runbook,
    ...(event.children === undefined ? {} : { children: event.children }),
    inputs: event.inputs,
    startedBy: event.operator,
    operator: event.operator,
    program: event.program,
    startedAt: at,
    changedAt: at,
    status: 'running',
    ...(event.worker === undefined ? {} : { ofTeam: true as const }),
    auto: event.auto ?? false,
    ...(event.auto === true || event.stepwise === true ? { begun: true as const } : {}),
    targets: descriptionsOf(event.targets),
    startedOn: descriptionsOf(event.targets),
    places: placesOf(event.targets),
    reserved: [],
    ...(event.prerequisites === undefined ? {} : { prerequisites: event.prerequisites }),
    steps: event.steps.map(
      (outline): StepView => ({ ...outline, state: 'waiting', visits: 0, executions: [] }),
    ),
    path: [],
    findings: [],
    notes: [],
    stopping: false,
  };
}

/** Returns the view of a run that continues by itself: no question is open, no timer runs. */
export function moving(view: RunView): RunView {
  const { awaited: _, gate: __, timer: ___, ...rest } = view;
  return { ...rest, status: 'running' };
}

/** Returns the view of a run that pauses by itself. */
export function timerArmed(view: RunView, event: EventOf<'timer.armed'>, at: string): RunView {
  const { step, for: purpose, ms, attempt } = event;
  return { ...view, timer: { step, for: purpose, ms, attempt, at } };
}

/** Returns the view after the pause of a step, if it was the displayed one. */
export function timerOver(view: RunView, step: string): RunView {
  return view.timer?.step === step ? withoutTimer(view) : view;
}

function withoutTimer(view: RunView): RunView {
  const { timer: _, ...rest } = view;
  return rest;
}

/**
 * Returns the view after a later process resumed the run. Its question stays open unless it is a
 * gate, whose rows are outdated: it will be shown again.
 */
export function resumed(view: RunView, event: EventOf<'run.resumed'>, at: string): RunView {
  const { type: _, ...resumption } = event;
  const asked = view.awaited?.for === 'gate' || view.awaited === undefined ? moving(view) : view;
  const {
    paused: __,
    handedOver: ___,
    attended: ____,
    ...rest
  } = withoutTimer(onlyLostNews(interrupted(asked, event.interrupted)));
  return {
    ...rest,
    ...closedGate(view, 'resumption'),
    operator: event.operator,
    program: event.program,
    status: asked.awaited === undefined ? 'running' : 'waiting',
    stopping: false,
    resumed: { ...resumption, at },
  };
}

/** Returns the view of a run that has left a closed gate behind: a later one is another, even if it is equal. */
export function withoutClosed(view: RunView): RunView {
  const { closed: _, ...rest } = view;
  return rest;
}

/** A gate that a person had read again asks anew: an answer to the earlier one does not count. */
function closedGate(
  { awaited, gate }: RunView,
  by: 'resumption' | 'answer',
): Pick<RunView, 'closed'> {
  if (awaited === undefined || gate === undefined) return {};
  const { step, since, seq, earlier = [] } = awaited;
  const asked = by === 'answer' ? [] : [...earlier, seq];
  return { closed: { step, since, digest: gate.digest, asked } };
}

/** Returns the view after the run was left; its question stays known. */
export function paused(view: RunView, event: EventOf<'run.paused'>): RunView {
  return {
    ...withoutTimer(view),
    status: 'paused',
    stopping: false,
    paused: event,
  };
}

/** Returns the view after the run was handed over to someone else. */
export function handedOver(view: RunView, event: EventOf<'run.handed-over'>, at: string): RunView {
  const { type: _, ...handover } = event;
  return { ...view, status: 'paused', handedOver: { ...handover, at } };
}

/** Returns the view after an alert of the run fired or was resolved. */
export function alerted(view: RunView, event: EventOf<'run.alerted'>, at: string): RunView {
  const { type: _, ...alert } = event;
  const { alerts = [] } = view;
  const before = alerts.findIndex(
    ({ source, key }) => source === alert.source && key === alert.key,
  );
  const told = { ...alert, at };
  return { ...view, alerts: before === -1 ? [...alerts, told] : alerts.with(before, told) };
}

/** Returns the view of a finished run. */
export function finished(view: RunView, event: EventOf<'run.finished'>, at: string): RunView {
  return {
    ...leftOver(moving(view), event.outcome, at),
    status: 'finished',
    stopping: false,
    endedAt: at,
    outcome: event.outcome,
    summary: event.summary,
    ...(event.unchecked === undefined ? {} : { unchecked: event.unchecked }),
    ...(event.continue_with === undefined ? {} : { continueWith: event.continue_with }),
  };
}

function descriptionsOf(targets: EventOf<'run.started'>['targets']): RunView['targets'] {
  return Object.fromEntries(targets.map(({ name, description }) => [name, description]));
}

/** Returns targets by name, prefixed with the name of their owner. */
export function placesOf(
  targets: EventOf<'run.started'>['targets'],
  prefix = '',
): Readonly<Record<string, PlaceView>> {
  return Object.fromEntries(targets.map(({ name, ...place }) => [`${prefix}${name}`, place]));
}

/** Returns the view after a connection to a target. */
export function connected(view: RunView, event: EventOf<'target.connected'>, seq: number): RunView {
  const others = view.reserved.filter((name) => name !== event.target);
  const { server, engine } = event.facts;
  const before = view.servers?.[event.target] ?? server;
  // Every connection to a console counts as another server.
  const isOther = before !== server && !isConsole(String(engine));
  return {
    ...view,
    // Targets of a runbook that runs as a step are not among those of the run.
    targets: event.target.includes('/')
      ? view.targets
      : { ...view.targets, [event.target]: event.description },
    places: {
      ...view.places,
      [event.target]: { ...view.places[event.target], description: event.description },
    },
    reserved: event.reserved ? [...others, event.target] : others,
    servers: { ...view.servers, [event.target]: server },
    ...(isOther ? { movedAt: [...(view.movedAt ?? []), seq] } : {}),
  };
}

/** Returns the view with a gate open; keeps why an earlier answer did not open the same gate. */
export function gateOpened(
  view: RunView,
  event: EventOf<'gate.opened'>,
  at: string,
  seq: number,
): RunView {
  const { type: _, ...opened } = event;
  const isSame = view.gate?.step === event.step && view.gate.item?.index === event.item?.index;
  const same = isSame ? view.gate : undefined;
  // Rows that are left out now are not gone since then.
  const { refused, others, preview: before, leftOut } = same ?? {};
  const gate = {
    ...opened,
    at,
    seq,
    ...(refused === undefined ? {} : { refused }),
    ...(others === undefined ? {} : { others }),
    ...(before === undefined || leftOut?.length !== event.leftOut?.length ? {} : { before }),
  };
  // A change stays until its undo succeeds.
  if (event.part === 'undo') return { ...view, gate };
  return withStep({ ...view, gate }, event.step, (step) => ({ ...step, state: 'current' }));
}

/**
 * Returns the view after an answer to a gate, which stays open if it was refused or is refreshed.
 */
export function gateAnswered(view: RunView, event: EventOf<'gate.answered'>): RunView {
  if (view.gate === undefined) return view;
  const { refused: _, ...gate } = view.gate;
  switch (event.answer) {
    case 'confirmed':
    case 'declined':
    case 'simulated':
      return moving(view);
    case 'refresh':
    case 'left-out':
      return { ...moving(view), ...closedGate(view, 'answer'), gate };
    case 'refused':
      return { ...view, gate: { ...gate, refused: event.reason ?? 'it was not confirmed' } };
  }
}

/** Returns the view after the rows of an open gate were read again by themselves. */
export function gateRefreshed(
  view: RunView,
  { status, error }: EventOf<'gate.refreshed'>,
  at: string,
): RunView {
  if (view.gate === undefined || status === 'changed') return view;
  const { unrefreshed: _, ...gate } = view.gate;
  if (status === 'same') return { ...view, gate: { ...gate, unchangedAt: at } };
  const unrefreshed = { status, at, ...(error === undefined ? {} : { error }) };
  return { ...view, gate: { ...gate, unrefreshed } };
}

/** Returns the view after other runs were looked up for an open gate. */
export function gateOthers(view: RunView, { runs, error }: EventOf<'gate.others'>): RunView {
  if (view.gate === undefined) return view;
  const { others: _, ...gate } = view.gate;
  if (runs.length === 0 && error === undefined) return { ...view, gate };
  const others = error === undefined ? { runs } : { runs, error };
  return { ...view, gate: { ...gate, others } };
}

/** Returns the view of a run that waits for a person. */
export function awaited(
  view: RunView,
  event: EventOf<'operator.awaited'>,
  at: string,
  seq: number,
): RunView {
  const { type: _, ...asked } = event;
  const { closed, ...open } = withoutTimer(view);
  const again = event.for === 'gate' && closed?.step === event.step ? closed : undefined;
  const isSame =
    again !== undefined && again.digest === view.gate?.digest && again.asked.length > 0;
  const waiting: RunView = {
    ...open,
    status: 'waiting',
    stopping: false,
    // The run has left the inner steps and the undo.
    current: event.step,
    awaited: {
      ...{ ...asked, at, seq, since: again?.since ?? at },
      ...(isSame ? { earlier: again.asked } : {}),
    },
  };
  if (event.for !== 'unknown' || event.part === 'undo') return waiting;
  // Its check has ended since, and did not settle it.
  return withStep(waiting, event.step, (step) => ({ ...step, state: 'unknown' }));
}

/** Returns the view after an action of the operator that moves the run. */
export function acted(view: RunView, event: EventOf<'operator.acted'>): RunView {
  const { step, intent, targets = [] } = event;
  switch (intent.type) {
    case 'auto':
      return { ...view, auto: intent.on };
    case 'stop':
    case 'cancel':
      return { ...view, stopping: view.status === 'running' };
    case 'note':
    case 'leave':
      return view;
    case 'edit':
      return withInputs(moving(view), step, intent.inputs, targets);
    case 'answer': {
      const { input, field } = view.awaited ?? {};
      const answered = withStep(moving(view), step, (s) => ({
        ...s,
        answer: field === undefined ? intent.value : withField(s.answer, field, intent.value),
      }));
      if (input === undefined || intent.value === '') return answered;
      return withInputs(answered, step, { [input]: intent.value }, targets);
    }
    case 'report': {
      const { evidence, done } = intent;
      return withStep(moving(view), step, (s) => ({ ...s, evidence, notDone: !done }));
    }
    case 'mark-done':
      return withStep(moving(view), step, (s) => ({ ...s, evidence: intent.evidence }));
    default:
      return moving(view);
  }
}

/** Several answers of a step are shown as one text. */
function withField(
  before: string | undefined,
  { name, index }: NonNullable<AwaitedView['field']>,
  value: string,
): string {
  const own = `${name}: ${value}`;
  return index === 1 || before === undefined ? own : `${before} · ${own}`;
}

/** Inputs typed at a step belong to the runbook that contains it, and move its targets. */
function withInputs(
  view: RunView,
  id: string,
  typed: Readonly<Record<string, string>>,
  targets: readonly StartedTarget[],
): RunView {
  const inputs = inputsAt(view, id).map((input) => ({
    ...input,
    value: typed[input.name] ?? input.value,
  }));
  const caller = callerOf(view, id);
  const prefix = caller === undefined ? '' : `${caller.id}/`;
  const moved = {
    ...view,
    places: { ...view.places, ...placesOf(targets, prefix) },
    ...(targets.length === 0 ? {} : { reserved: [], servers: {} }),
  };
  if (caller?.child === undefined)
    return { ...moved, inputs, targets: { ...view.targets, ...descriptionsOf(targets) } };
  const child = { ...caller.child, inputs };
  return withStep(moved, caller.id, (step) => ({ ...step, child }));
}

/** Returns the view with one more note. */
export function noted(view: RunView, event: EventOf<'operator.noted'>, at: string): RunView {
  const { type: _, ...note } = event;
  return { ...view, notes: [...view.notes, { ...note, at }] };
}
