import type { EventOf, ShownItem } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { itemText, nameBesideOthers, STATE_WORD, valueText } from '#events/wording/phrases.ts';
import { code, text } from '../../markdown/text.ts';
import { failure } from './result.ts';

/** Returns the item of a repeated step as the prefix of a text. */
export function itemPrefix(item: ShownItem | undefined): string {
  return item === undefined ? '' : `${text(itemText(item))}: `;
}

/** Returns the prefix of a text where several things run: the step or the item. */
export function onePrefix(
  { step, item }: { readonly step: string; readonly item?: ShownItem },
  view: RunView,
): string {
  const name = nameBesideOthers(view, step);
  return name === undefined ? itemPrefix(item) : `${text(name)}: `;
}

/** Returns the result of an item of a repeated step. */
export function itemEnd({ item, status, error, reason }: EventOf<'item.settled'>): string {
  const why = error === undefined ? text(reason ?? '') : failure(error);
  return `${itemPrefix(item)}**${STATE_WORD[status]}**${why === '' ? '' : `: ${why}`}`;
}

/** Returns that a step was undone. */
export function undoneText({ step, by, item, evidence }: EventOf<'step.undone'>): string {
  const how = by === 'hand' ? ` by hand: ${text(evidence ?? '')}` : '';
  return `${itemPrefix(item)}${code(step)} was **undone**${how}`;
}

/** Returns the start of a runbook that runs as a step, with its inputs. */
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
  return `${itemPrefix(item)}the runbook ${code(runbook.name)} started${details}`;
}

/** Returns the outcome of a runbook that ran as a step. */
export function childEndText(event: EventOf<'child.finished'>): string {
  const found = event.findings.map((finding) => `found: ${text(finding)}`);
  const given = Object.entries(event.outputs ?? {}).map(
    ([name, value]) => `${code(name)} = ${code(valueText(value))}`,
  );
  const all = [text(event.summary), ...found, ...given].filter((part) => part !== '').join('; ');
  return `the runbook of ${code(event.step)} ended **${text(event.outcome)}**: ${all}`;
}
