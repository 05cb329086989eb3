import { oldVersionNote } from '#runbook/model/engines.ts';
import { endsIncident } from '#runbook/model/outcomes.ts';
import { isCarriedOut } from '#runbook/model/step-error.ts';
import { counted } from '#text/count.ts';
import { formatDuration, msBetween } from '#text/duration.ts';
import type { EventOf, RecordedEvent } from '../log/event.ts';
import type { RunView } from '../view/run-view.ts';
import { alertText } from '../wording/alert-text.ts';
import { otherRunsTexts } from '../wording/other-runs.ts';
import { valueText } from '../wording/phrases.ts';
import { allSparedText, refreshedText, sparedTexts } from '../wording/row-words.ts';
import { runCommand } from '../wording/run-command.ts';
import { answered } from './answer.ts';
import { asked, decided } from './decision.ts';
import { childEnded, childStarted, itemEnded, onePrefix, undone } from './inside.ts';
import { acted } from './intent.ts';
import { clearedText, handoverText, presenceText, watchText } from './people.ts';
import { actionBlocks, endOf, failure } from './result.ts';
import { code, joined, type Said, saidOf, say, strong } from './say.ts';
import type { Told } from './told.ts';

/** The context of an event. */
export type TellingContext = {
  readonly view: RunView;
  /** Returns the number of the action that a gate is for, by the gate's event. */
  readonly actionOf?: (gate: number) => number | undefined;
};

/**
 * Returns an event in words; nothing if it adds nothing to its neighbors. Starts of steps and
 * actions are told where the actions are shown.
 */
export function tellEvent(
  { seq, at, event }: RecordedEvent,
  { view, actionOf }: TellingContext,
): Told | undefined {
  switch (event.type) {
    case 'run.started':
      return { said: startedText(event) };
    case 'run.resumed':
      return resumed(event);
    case 'run.paused':
      return { said: say`${strong('paused')}: ${event.reason}`, tone: 'warn' };
    case 'run.handed-over':
      return { said: say`${strong(handoverText(event))} on ${event.host}`, tone: 'bold' };
    case 'run.watched':
      return { said: saidOf(watchText(event)), tone: 'dim' };
    case 'run.alerted':
      return {
        said: saidOf(alertText(event, at)),
        tone: event.status === 'firing' ? 'dim' : 'good',
      };
    case 'run.attended':
      return { said: saidOf(presenceText(event)), tone: 'dim' };
    case 'run.finished':
      return finished(event, view, msBetween(view.startedAt, at));
    case 'target.connected':
      return connected(event, view.movedAt?.includes(seq) === true);
    case 'rows.spared':
      return spared(event, view);
    case 'gate.refreshed':
      return warned(refreshedText(event));
    case 'gate.others':
      return warned(...otherRunsTexts(event));
    case 'gate.opened':
      return { said: gateText(event, actionOf?.(seq)) };
    case 'gate.answered':
      return answered(event);
    case 'step.finished':
      return {
        said: say`${onePrefix(event, view)}ended after ${formatDuration(event.ms)}: ${endOf(event)}`,
      };
    case 'step.skipped':
      return {
        said: say`${strong('skipped')}, ${SKIPPED_BY[event.by]}: ${event.reason}`,
        tone: 'warn',
      };
    case 'step.settled':
      return settled(event, view);
    case 'step.undone':
      return { said: undone(event), tone: 'good' };
    case 'item.settled':
      return itemEnded(event);
    case 'child.started':
      return childStarted(event);
    case 'child.finished':
      return childEnded(event);
    case 'timer.armed': {
      const what = event.for === 'retry' ? 'retrying' : 'checking again';
      return { said: say`${what} in ${formatDuration(event.ms)}`, tone: 'dim' };
    }
    case 'operator.awaited':
      return asked(event);
    case 'operator.acted':
      return { said: acted(event, view) };
    case 'operator.noted':
      return { said: say`note by ${event.operator}: ${event.text}` };
    case 'adhoc.entered':
      return { said: commandText(event), tone: 'bold', blocks: actionBlocks(event.action) };
    case 'branch.taken':
      return decided(event, view);
    case 'item.entered':
    case 'step.entered':
    case 'step.started':
    case 'timer.fired':
      return undefined;
  }
}

function warned(first?: string, ...blocks: readonly string[]): Told | undefined {
  return first === undefined ? undefined : { said: saidOf(first), tone: 'warn', blocks };
}

const SKIPPED_BY: { readonly [B in EventOf<'step.skipped'>['by']]: string } = {
  condition: 'its condition is not true',
  operator: 'by the operator',
  'empty-preview': 'the preview found nothing to act on',
  'not-needed': 'none of the rows that the preview found is needed',
  spared: 'every row had changed',
  'no-items': 'there are no items',
};

function settled(event: EventOf<'step.settled'>, view: RunView): Told | undefined {
  const { status, error } = event;
  if (status === 'simulated')
    return { said: say`${strong('simulated')}: nothing was run`, tone: 'warn' };
  // The decline was told by its answer.
  if (status !== 'failed' || error?.kind === 'declined') return undefined;
  const why = error === undefined ? '' : say`: ${failure(error)}`;
  return {
    said: say`${onePrefix(event, view)}the step ${isCarriedOut(error) ? say`was ${strong('not verified')}` : strong('failed')}${why}`,
    tone: 'bad',
  };
}

function finished(event: EventOf<'run.finished'>, { options }: RunView, ms: number): Told {
  const { outcome, summary, continue_with: next } = event;
  const way = next === undefined ? '' : say` Continue with: ${code(runCommand(next, options))}`;
  return {
    said: say`the run finished ${strong(outcome)} after ${formatDuration(ms)}: ${summary}${way}`,
    tone: endsIncident(outcome) ? 'good' : 'bad',
  };
}

function spared(event: EventOf<'rows.spared'>, view: RunView): Told {
  const left = event.left === 0 ? 'nothing runs' : `${counted(event.left, 'row')} left`;
  const rows = sparedTexts(event.rows, event.columns).map((row) => say`Spared: ${row}`);
  const changed = `${counted(event.rows.length, 'row')} changed since the confirmation`;
  const all = allSparedText(event);
  return {
    said: say`${onePrefix(event, view)}${strong(changed)}: ${left}`,
    below: all === undefined ? rows : [...rows, saidOf(all)],
    tone: 'warn',
  };
}

function startedText({ operator, host, mode, auto }: EventOf<'run.started'>): Said {
  const how = auto === true ? `${mode}, read-only steps run automatically` : mode;
  return say`${operator} started the run on ${host} (${how})`;
}

function resumed(event: EventOf<'run.resumed'>): Told {
  const { interrupted: cut, repaired, worker, cleared = [], at } = event;
  const by =
    worker === undefined
      ? `${event.operator} resumed the run`
      : `worker ${worker.id} continued the run`;
  const chosen =
    at === undefined
      ? ''
      : say`, and chose to continue at ${code(at)}, which this build could not follow`;
  return {
    said: say`${strong(by)} on ${event.host} with ${event.program}${chosen}`,
    below: [
      ...(cut === undefined
        ? []
        : [
            say`the ${cut.part} of ${code(cut.step)} (${cut.effect}) had started and ${strong('not finished')}`,
          ]),
      ...(repaired === undefined ? [] : [say`the journal was repaired: ${repaired}`]),
      ...cleared.map((it) => saidOf(clearedText(it))),
    ],
  };
}

/** The facts that the description contains. */
const IN_DESCRIPTION = ['engine', 'host', 'port', 'database', 'user', 'description', 'reserved'];

const OTHER_SERVER =
  'another server answers there than before, or the same one after a restart: what was read and changed before was not on this one';

function connected(
  { target, description, reserved, facts }: EventOf<'target.connected'>,
  isOther: boolean,
): Told {
  const slot = reserved ? say`, ${strong('through a reserved slot')}` : '';
  const more = Object.entries(facts).filter(([name]) => !IN_DESCRIPTION.includes(name));
  const known = more.map(([name, value]) => code(`${name} = ${valueText(value)}`));
  const old = oldVersionNote(String(facts.engine), String(facts.version));
  return {
    said: say`connected to ${code(target)}: ${description}${slot}`,
    detail: known.length === 0 ? [] : say` (${joined(known)})`,
    below: [...(isOther ? [OTHER_SERVER] : []), ...(old === undefined ? [] : [old])].map((it) =>
      saidOf(it),
    ),
    tone: isOther ? 'warn' : 'dim',
  };
}

function gateText(event: EventOf<'gate.opened'>, action: number | undefined): Said {
  const rows =
    event.preview === undefined ? '' : `, ${counted(event.preview.rows.length, 'pinned row')}`;
  const where = action === undefined ? '' : ` (see Action ${action})`;
  const who = event.operator === undefined ? '' : ` ${event.operator}`;
  return say`the gate asked${who} to confirm ${code(event.digest)}${rows}${where}`;
}

function commandText(event: EventOf<'adhoc.entered'>): Said {
  const { step, operator, target, effect, because } = event;
  const why = because.length === 0 ? '' : `, not proven read-only: ${because.join('; ')}`;
  return say`${strong(operator, ' entered an ad-hoc command')}, ${code(step)} on ${code(target)} (${effect}${why})`;
}
