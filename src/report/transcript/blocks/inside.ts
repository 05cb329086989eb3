import type { EventOf, ShownItem } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { itemText, nameBesideOthers, STATE_WORD, valueText } from '#events/wording/phrases.ts';
import { code, text } from '../../markdown/text.ts';
import { failure } from './result.ts';

/** Returns which item of a repeated step a text is about, in front of it. */
export function itemPrefix(item: ShownItem | undefined): string {
  return item === undefined ? '' : `${text(itemText(item))}: `;
}

/** Returns what a text is about where several things run: a step beside others, or an item. */
export function onePrefix(
  { step, item }: { readonly step: string; readonly item?: ShownItem },
  view: RunView,
): string {
  const name = nameBesideOthers(view, step);
  return name === undefined ? itemPrefix(item) : `${text(name)}: `;
}

/** Returns how an item of a repeated step ended. */
export function itemEnd({ item, status, error, reason }: EventOf<'item.settled'>): string {
  const why = error === undefined ? text(reason ?? '') : failure(error);
  return `${itemPrefix(item)}**${STATE_WORD[status]}**${why === '' ? '' : `: ${why}`}`;
}

/** Returns that what a step did was reverted. */
export function undoneText({ step, by, item, evidence }: EventOf<'step.undone'>): string {
  const how = by === 'hand' ? ` by hand: ${text(evidence ?? '')}` : '';
  return `${itemPrefix(item)}${code(step)} was **undone**${how}`;
}

/** Returns which runbook begins as a step, and what it is given. */
export function childStartText({
  runbook,
  inputs,
  targets,
  item,
}: EventOf<'child.started'>): string {
  const given = inputs.map(({ name, value }) => code(`${name} = ${valueText(value)}`));
  const places = targets.map(({ name, description }) => `${code(name)}: ${text(description)}`);
  const all = [...given, ...places];
  const details = all.length === 0 ? '' : ` (${all.join(', ')})`;
  return `${itemPrefix(item)}the runbook ${code(runbook.name)} began${details}`;
}

/** Returns how a runbook ended that ran as a step. */
export function childEndText(event: EventOf<'child.finished'>): string {
  const found = event.findings.map((finding) => `found: ${text(finding)}`);
  const all = [text(event.summary), ...found].filter((part) => part !== '').join('; ');
  return `the runbook of ${code(event.step)} ended **${text(event.outcome)}**: ${all}`;
}
