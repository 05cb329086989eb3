import type { RecordedEvent, ShownAction } from '#events/log/event.ts';
import { foldEvent } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { harmlessLine } from '#text/harmless.ts';
import { actionShown, plainLines } from '../plain/event.ts';
import { type PlainLine, painted } from '../plain/line.ts';
import { openingLines } from '../plain/lines.ts';

/** The limit of a pause on playback, in seconds. */
const IDLE_SECONDS = 2;
/** The assumed size of an unrecorded terminal. */
const USUAL = { columns: 100, rows: 30 } as const;

/**
 * Returns a run as an asciicast v2 recording: the lines of plain mode, at the times of the journal
 * and in the size of the original terminal. Pure; empty for events that do not start with
 * `run.started`.
 */
export function asciicast(
  records: readonly RecordedEvent[],
  { coloured = true }: { readonly coloured?: boolean } = {},
): string {
  const [first, ...rest] = records;
  if (first?.event.type !== 'run.started') return '';
  const { columns, rows } = first.event.terminal ?? USUAL;
  const began = Date.parse(first.at);
  let view = foldEvent(undefined, first);
  let shown: ShownAction | undefined;
  let time = 0;
  const frames = [frame(0, openingLines(view, columns), coloured)];
  for (const record of rest) {
    view = foldEvent(view, record);
    // A clock that was set back must not move the recording back.
    time = Math.max(time, Date.parse(record.at) - began);
    frames.push(frame(time, plainLines(record, { view, columns, shown }), coloured));
    shown = actionShown(record) ?? shown;
  }
  const header = JSON.stringify(headerOf(view, { columns, rows, began }));
  return [header, ...frames.filter((one) => one !== undefined), ''].join('\n');
}

function headerOf(
  view: RunView,
  terminal: { readonly columns: number; readonly rows: number; readonly began: number },
): object {
  return {
    version: 2,
    width: terminal.columns,
    height: terminal.rows,
    timestamp: Math.floor(terminal.began / 1000),
    idle_time_limit: IDLE_SECONDS,
    title: harmlessLine(`${view.runbook.title} · ${view.runId}`),
    env: { TERM: 'xterm-256color' },
  };
}

/** Returns all lines of an event as one frame; undefined for an event without lines. */
function frame(ms: number, lines: readonly PlainLine[], coloured: boolean): string | undefined {
  if (lines.length === 0) return undefined;
  const text = lines.map((line) => `${painted(line, coloured)}\r\n`).join('');
  return JSON.stringify([ms / 1000, 'o', text]);
}
