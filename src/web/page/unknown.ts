import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { stepOf } from '#events/view/place-in-run.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { actionMarkup } from './action.ts';
import { type Content, type Markup, markup } from './markup.ts';
import { rowsTable } from './rows.ts';
import type { ShownRun } from './shown-run.ts';
import { clockTime } from './time.ts';

/** Returns a change whose end is unknown: who confirmed it, what began, and what was done about it. */
export function beganMarkup(step: string, { view, records }: ShownRun): Content {
  const begun = stepOf(view, step)?.executions.findLast(({ part }) => part !== 'verify');
  if (begun === undefined) return undefined;
  const { preview } = lastOf(records, 'gate.opened', step)?.event ?? {};
  return [
    markup`<div><ol class="tl">${history(step, records)}</ol></div>`,
    markup`<div>${actionMarkup(begun.action, `What began on ${begun.action.where}`)}
${preview !== undefined && markup`<details class="fold"><summary>The ${counted(preview.rows.length, 'row')} it was for</summary>${rowsTable(preview.columns, preview.rows, 'The rows it was for')}</details>`}</div>`,
  ];
}

function history(step: string, records: readonly RecordedEvent[]): readonly Markup[] {
  const started = lastOf(records, 'step.started', step);
  return records.flatMap(({ seq, at, event }): readonly Markup[] => {
    if (event.type === 'gate.answered' && event.step === step && event.answer === 'confirmed')
      return [line('done', '✓', `Confirmed by ${event.operator}, digest ${event.digest}`, at)];
    if (seq === started?.seq) return [line('run', '▸', 'Started', at)];
    if (started === undefined || seq < started.seq || event.type !== 'run.resumed') return [];
    const who = event.worker?.id ?? event.operator;
    return [
      line('off', '·', `Taken over by ${who}`, at),
      ...(event.cleared ?? []).map(cleared(at)),
    ];
  });
}

function cleared(at: string) {
  return ({
    target,
    session,
    state,
    ms,
  }: NonNullable<EventOf<'run.resumed'>['cleared']>[number]) => {
    const since = ms === undefined ? '' : ` for ${formatDuration(ms)}`;
    return line(
      'done',
      '✓',
      `Session ${session} on ${target} was ${state}${since}. It was ended first.`,
      at,
    );
  };
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
