import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { tellEvent } from '#events/telling/event.ts';
import { plainText } from '#events/telling/say.ts';
import { stepOf } from '#events/view/place-in-run.ts';
import { counted } from '#text/count.ts';
import { actionMarkup } from './action.ts';
import { type Content, type Markup, markup } from './markup.ts';
import { rowsTable } from './rows.ts';
import type { ShownRun } from './shown-run.ts';
import { clockTime } from './time.ts';

/** Returns a change whose end is unknown: who confirmed it, what began, and what was done about it. */
export function beganMarkup(step: string, shown: ShownRun): Content {
  const { view, records } = shown;
  const begun = stepOf(view, step)?.executions.findLast(({ part }) => part !== 'verify');
  if (begun === undefined) return undefined;
  const { preview } = lastOf(records, 'gate.opened', step)?.event ?? {};
  return [
    markup`<div><ol class="tl">${history(step, shown)}</ol></div>`,
    markup`<div>${actionMarkup(begun.action, `What began on ${begun.action.where}`)}
${preview !== undefined && markup`<details class="fold"><summary>The ${counted(preview.rows.length, 'row')} it was for</summary>${rowsTable(preview.columns, preview.rows, 'The rows it was for')}</details>`}</div>`,
  ];
}

function history(step: string, { records, view }: ShownRun): readonly Markup[] {
  const started = lastOf(records, 'step.started', step);
  return records.flatMap((record): readonly Markup[] => {
    const { seq, at, event } = record;
    if (seq === started?.seq) return [line('run', '▸', 'Started', at)];
    const isConfirmed = event.type === 'gate.answered' && event.answer === 'confirmed';
    const isGate = isConfirmed && event.step === step;
    const isLater = started !== undefined && seq > started.seq;
    if (!isGate && !(isLater && event.type === 'run.resumed')) return [];
    const { said, below = [] } = tellEvent(record, { view }) ?? { said: [] };
    const texts = [said, ...below].map(plainText);
    return texts.map((text) => line(isGate ? 'done' : 'off', isGate ? '✓' : '·', text, at));
  });
}

function line(look: string, sign: string, text: string, at: string): Markup {
  return markup`<li><span class="m" data-s="${look}" aria-hidden="true">${sign}</span><p class="line"><span>${text}</span> ${clockTime(at)}</p></li>`;
}

function lastOf<T extends 'gate.opened' | 'step.started'>(
  records: readonly RecordedEvent[],
  type: T,
  step: string,
): { readonly seq: number; readonly event: EventOf<T> } | undefined {
  const found = records.findLast(({ event }) => event.type === type && event.step === step);
  return found as { readonly seq: number; readonly event: EventOf<T> } | undefined;
}
