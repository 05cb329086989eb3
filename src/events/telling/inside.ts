import { endsIncident } from '#runbook/model/outcomes.ts';
import type { EventOf, ShownItem } from '../log/event.ts';
import type { RunView } from '../view/run-view.ts';
import { itemText, nameBesideOthers, STATE_WORD, valueText } from '../wording/phrases.ts';
import { failure } from './result.ts';
import { code, type Said, say, strong } from './say.ts';
import type { Told } from './told.ts';

/** Returns the item of a repeated step as the prefix of a text. */
export function itemPrefix(item: ShownItem | undefined): Said {
  return item === undefined ? [] : say`${itemText(item)}: `;
}

/** Returns the prefix of a text where several things run: the step or the item. */
export function onePrefix(
  { step, item }: { readonly step: string; readonly item?: ShownItem },
  view: RunView,
): Said {
  const name = nameBesideOthers(view, step);
  return name === undefined ? itemPrefix(item) : say`${name}: `;
}

/** Returns the result of an item of a repeated step; nothing if it succeeded. */
export function itemEnded(event: EventOf<'item.settled'>): Told | undefined {
  const { item, status, error, reason } = event;
  if (status === 'succeeded') return undefined;
  const why = error === undefined ? (reason ?? '') : failure(error);
  return {
    said: say`${itemPrefix(item)}${strong(STATE_WORD[status])}${why === '' ? '' : say`: ${why}`}`,
    tone: status === 'failed' ? 'bad' : 'warn',
  };
}

/** Returns that a step was undone. */
export function undone({ step, by, item, evidence }: EventOf<'step.undone'>): Said {
  const how = by === 'hand' ? ` by hand: ${evidence ?? ''}` : '';
  return say`${itemPrefix(item)}${code(step)} was ${strong('undone')}${how}`;
}

/** Returns the start of a runbook that runs as a step, with its inputs. */
export function childStarted({ runbook, inputs, targets, item }: EventOf<'child.started'>): Told {
  return {
    said: say`${itemPrefix(item)}the runbook ${strong(runbook.title)} (${code(runbook.name)}) started`,
    below: [
      ...inputs.map(({ name, value }) => [code(`${name} = ${valueText(value)}`)]),
      ...targets.map(({ name, description }) => say`${code(name)}: ${description}`),
    ],
    tone: 'bold',
  };
}

/** Returns the outcome and findings of a runbook that ran as a step. */
export function childEnded(event: EventOf<'child.finished'>): Told {
  const { step, outcome, summary, findings, outputs = {} } = event;
  return {
    said: say`the runbook of ${code(step)} ended ${strong(outcome)}: ${summary}`,
    below: [
      ...findings.map((finding) => say`found: ${finding}`),
      ...Object.entries(outputs).map(([name, value]) => [code(`${name} = ${valueText(value)}`)]),
    ],
    tone: endsIncident(outcome) ? 'good' : 'warn',
  };
}
