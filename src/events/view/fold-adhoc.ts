import type { EventOf, RecordedEvent } from '../log/event.ts';
import { gateAnswered } from './fold-run.ts';
import { executionEnded, executionStarted, settled } from './fold-step.ts';
import type { RunView, StepView } from './run-view.ts';

/**
 * Returns the view after an event of an ad-hoc command. While one is open, the question of the run
 * is kept in `behind`, and is restored when the command has ended.
 */
export function foldAdhoc(view: RunView, { event, at, seq }: RecordedEvent): RunView {
  switch (event.type) {
    case 'adhoc.entered':
      return entered(view, event, at);
    case 'gate.opened': {
      const { type: _, ...opened } = event;
      return { ...view, gate: { ...opened, at, seq } };
    }
    case 'operator.awaited': {
      const { type: _, ...asked } = event;
      return { ...view, status: 'waiting', awaited: { ...asked, at, seq, since: at } };
    }
    case 'gate.answered':
      return gateAnswered(view, event);
    case 'step.started':
      return among(view, (inner) => executionStarted(busy(inner), event, at, undefined));
    case 'step.finished': {
      const ended = among(view, (inner) => executionEnded(inner, event, at));
      return event.status === 'unknown' ? over(ended, event.step) : ended;
    }
    case 'step.settled':
      return over(
        among(view, (inner) => settled(inner, event, at)),
        event.step,
      );
    default:
      return view;
  }
}

function entered(view: RunView, event: EventOf<'adhoc.entered'>, at: string): RunView {
  const { awaited, gate } = view;
  const command: StepView = {
    id: event.step,
    title: event.title,
    phase: 'diagnose',
    kind: event.action.kind === 'sql' ? 'sql' : 'shell',
    effect: event.effect,
    state: 'current',
    visits: 1,
    enteredAt: at,
    executions: [],
  };
  const behind = {
    ...(awaited === undefined ? {} : { awaited }),
    ...(gate === undefined ? {} : { gate }),
  };
  return { ...busy(view), adhoc: [...(view.adhoc ?? []), command], behind };
}

/** No questions are asked while a command is classified or runs. */
function busy(view: RunView): RunView {
  const { awaited: _, gate: __, adhocShown: ___, ...rest } = view;
  return { ...rest, status: 'running' };
}

/** Applies a change of steps to the commands, which take their place meanwhile. */
function among(view: RunView, change: (inner: RunView) => RunView): RunView {
  const { steps, adhoc = [] } = view;
  const changed = change({ ...view, steps: adhoc });
  return { ...changed, steps, adhoc: changed.steps };
}

/** The run waits again for its own question, and shows the result of the command. */
function over(view: RunView, step: string): RunView {
  if (view.behind === undefined) return view;
  const { behind, awaited: _, gate: __, ...rest } = view;
  return { ...rest, ...behind, status: 'waiting', adhocShown: step };
}
