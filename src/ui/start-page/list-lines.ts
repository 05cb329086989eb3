import type { RunRow } from '#events/view/run-row.ts';
import { ago } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import { cutTo, padTo, widthOf } from '#text/width.ts';
import { ACCENT, BLANK, BOLD, DIM, type Line, line, rule, span } from '../draw/line.ts';
import type { Entries, Entry } from './entries.ts';
import type { StartPage } from './page.ts';

const LONGEST_NAME = 24;
/** The minimum width of a runbook's summary. */
const SHORTEST_SUMMARY = 16;

/** The lines of the list, and the index of the selected one. */
export type ListLines = { readonly lines: readonly Line[]; readonly selected: number | undefined };

/** Returns the unfinished runs and the runbooks, one per line. */
export function listLines(
  page: StartPage,
  { all, moreRuns }: Entries,
  look: { readonly selected: string | undefined; readonly width: number; readonly now: number },
): ListLines {
  const { width } = look;
  const runs = all.filter(({ kind }) => kind === 'run');
  const runbooks = all.filter(({ kind }) => kind === 'runbook');
  const nameWidth = Math.min(
    LONGEST_NAME,
    Math.max(0, ...all.map((entry) => widthOf(nameOf(entry)))),
  );
  const lastRuns = page.runbooks.map(({ name }) => widthOf(lastRunText(page, name, look.now)));
  const lastRunWidth = Math.max(0, ...lastRuns);
  const draw = (entry: Entry): Line => {
    const isOn = entry.key === look.selected;
    const name = padTo(nameOf(entry), nameWidth);
    const rest = width - nameWidth - 4;
    return [
      span(isOn ? ' ▸ ' : '   ', ACCENT),
      span(`${name} `, isOn ? BOLD : {}),
      ...(entry.kind === 'run'
        ? runCells(entry.run, rest, look.now)
        : runbookCells(entry.runbook, rest, {
            text: harmlessLine(lastRunText(page, entry.runbook.name, look.now)),
            width: lastRunWidth,
          })),
    ];
  };
  const more = moreRuns === 0 ? [] : [line(`   … ${moreRuns} more; search finds them too`, DIM)];
  const lines = [
    ...(runs.length === 0
      ? []
      : [rule(width, 'Unfinished runs'), ...runs.map(draw), ...more, BLANK]),
    ...(runbooks.length === 0 ? [] : [rule(width, 'Runbooks'), ...runbooks.map(draw)]),
  ];
  const at = all.findIndex(({ key }) => key === look.selected);
  if (at === -1) return { lines, selected: undefined };
  const runLines = runs.length === 0 ? 0 : runs.length + more.length + 2;
  const selected = at < runs.length ? at + 1 : runLines + 1 + at - runs.length;
  return { lines, selected };
}

function nameOf(entry: Entry): string {
  return harmlessLine(
    entry.kind === 'run' ? (entry.run.runbook ?? entry.run.id) : entry.runbook.name,
  );
}

function runCells(run: Extract<Entry, { kind: 'run' }>['run'], room: number, now: number): Line {
  const { operator, endedAt } = run;
  const who = operator === undefined ? '' : harmlessLine(operator);
  const when = endedAt === undefined ? '' : ago(endedAt, now);
  const right = cutTo([who, when].filter(Boolean).join(', '), Math.max(0, Math.floor(room / 2)));
  const left = padTo(harmlessLine(stoppedText(run)), Math.max(0, room - widthOf(right) - 2));
  return [span(` ${left} `), span(right, DIM)];
}

function runbookCells(
  { summary }: Extract<Entry, { kind: 'runbook' }>['runbook'],
  room: number,
  last: { readonly text: string; readonly width: number },
): Line {
  const summaryRoom = room - last.width - 3;
  if (last.text === '' || summaryRoom < SHORTEST_SUMMARY)
    return [span(` ${cutTo(harmlessLine(summary), Math.max(0, room - 2))}`)];
  return [
    span(` ${padTo(harmlessLine(summary), summaryRoom)} `),
    span(padTo(last.text, last.width, 'right'), DIM),
  ];
}

/** Returns the time and outcome of a runbook's last run; nothing without one. */
function lastRunText({ runs }: StartPage, runbook: string, now: number): string {
  const last = runs.find((run) => run.runbook === runbook);
  if (last === undefined) return '';
  if (last.status === 'running') return 'running';
  const ended = last.outcome ?? last.status;
  return last.endedAt === undefined ? ended : `${ended} ${ago(last.endedAt, now)}`;
}

/** Returns the step at which an unfinished run stopped, and its status. */
export function stoppedText({ status, step, stepTitle, cannotResume }: RunRow): string {
  if (cannotResume !== undefined) return `cannot be resumed as it stands: ${cannotResume.instead}`;
  if (step === undefined) return `${status} before its first step`;
  return `${status} at ${stepTitle === undefined ? step : `“${stepTitle}”`}`;
}
