import type { EventOf, ShownItem } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import {
  errorName,
  itemText,
  nameBesideOthers,
  STATE_SIGN,
  STATE_WORD,
  titleOf,
  valueText,
} from '#events/wording/phrases.ts';
import { allSparedText, sparedTexts } from '#events/wording/row-words.ts';
import { endsIncident } from '#runbook/model/outcomes.ts';
import { counted } from '#text/count.ts';
import { type PlainLine, timed, under } from './line.ts';

/** Returns the prefix of a line where several things run: the step or the item. */
export function nameOfOne(
  { step, item }: { readonly step: string; readonly item?: ShownItem },
  view: RunView,
): string {
  const name = nameBesideOthers(view, step);
  return name === undefined ? itemName(item) : `${name}: `;
}

function itemName(item: ShownItem | undefined): string {
  return item === undefined ? '' : `${itemText(item)}: `;
}

/** Returns the result of an item of a repeated step; nothing if it simply succeeded. */
export function itemLines(event: EventOf<'item.settled'>, at: string): readonly PlainLine[] {
  const { item, status, error, reason } = event;
  if (status === 'succeeded') return [];
  const why = error === undefined ? (reason ?? '') : errorName(error);
  const tone = status === 'failed' ? 'bad' : 'warn';
  const said = why === '' ? '' : `: ${why}`;
  return [timed(at, `${STATE_SIGN[status]} ${itemText(item)} ${STATE_WORD[status]}${said}`, tone)];
}

/** Returns the start of a runbook that runs as a step, with its inputs. */
export function childLines(event: EventOf<'child.started'>, at: string): readonly PlainLine[] {
  const { runbook, inputs, targets } = event;
  return [
    timed(at, `${itemName(event.item)}runs ${runbook.title} (${runbook.name})`, 'bold'),
    ...under(
      [
        ...inputs.map(({ name, value }) => `${name} = ${valueText(value)}`),
        ...targets.map(({ name, description }) => `${name}: ${description}`),
      ],
      'dim',
    ),
  ];
}

/** Returns the outcome and findings of a runbook that ran as a step. */
export function childEndLines(event: EventOf<'child.finished'>, at: string): readonly PlainLine[] {
  const { step, outcome, summary, findings, outputs = {} } = event;
  const style = endsIncident(outcome) ? 'good' : 'warn';
  return [
    timed(at, `${step}: ${outcome}`, style),
    ...under([
      summary,
      ...findings.map((text) => `found: ${text}`),
      ...Object.entries(outputs).map(([name, value]) => `${name} = ${valueText(value)}`),
    ]),
  ];
}

/** Returns a line that a step was undone. */
export function undoneLine(event: EventOf<'step.undone'>, view: RunView, at: string): PlainLine {
  const how = event.by === 'hand' ? ` by hand: ${event.evidence ?? ''}` : '';
  const what = `${titleOf(view, event.step)}${how}`;
  return timed(at, `${STATE_SIGN.undone} ${itemName(event.item)}undone: ${what}`, 'good');
}

/** Returns the spared rows of a confirmed change, and the reason. */
export function sparedLines(
  event: EventOf<'rows.spared'>,
  view: RunView,
  at: string,
): readonly PlainLine[] {
  const left = event.left === 0 ? 'nothing runs' : `${counted(event.left, 'row')} left`;
  const texts = sparedTexts(event.rows, event.columns).map((text) => `Spared: ${text}`);
  const all = allSparedText(event);
  const count = counted(event.rows.length, 'row');
  return [
    timed(at, `${nameOfOne(event, view)}${count} changed since the confirmation: ${left}`, 'warn'),
    ...under(all === undefined ? texts : [...texts, all], 'warn'),
  ];
}
