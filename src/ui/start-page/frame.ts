import type { RunRow } from '#events/view/run-row.ts';
import { counted } from '#text/count.ts';
import { ago } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import { cutTo, padTo, widthOf, wrapTo } from '#text/width.ts';
import {
  ACCENT,
  aligned,
  BLANK,
  BOLD,
  cutLine,
  DIM,
  type Line,
  limited,
  line,
  rule,
  span,
  spread,
  WARN,
  wrapped,
} from '../draw/line.ts';
import { fitPane, type Pane, scrollLimit, windowOf } from '../draw/pane.ts';
import { inputLine, textOf } from '../keys/text-input.ts';
import { type Hint, hintLine } from '../panes/hint-line.ts';
import { type Entries, type Entry, entriesOf, unfinishedRuns } from './entries.ts';
import type { Offer, StartPage } from './page.ts';
import type { ErrorBox, StartState } from './state.ts';

/** The input of a start page frame. */
export type StartFrameInput = {
  readonly page: StartPage;
  readonly state: StartState;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
};

/** The height below which rules and the description of the selected entry are omitted. */
const ROOMY_ROWS = 14;

/** A frame of the start page, and the number of entries a Page key moves by. */
export type StartFrame = {
  readonly lines: readonly Line[];
  readonly pageSize: number;
  /** The scroll limit of the help. */
  readonly scrollLimit: number;
};

/** Draws the start page: at most `rows` lines of at most `columns` columns. Pure. */
export function drawStart(input: StartFrameInput): StartFrame {
  const { page, state, columns, rows } = input;
  const isRoomy = rows >= ROOMY_ROWS;
  const entries = entriesOf(page, textOf(state.search));
  const head = [headerLine(page, state, columns), ...(isRoomy ? [rule(columns)] : [])];
  const foot = [
    ...(isRoomy ? [rule(columns), ...saidOfSelected(state, entries, page, columns)] : []),
    hintLine(hints(state, page), columns, state.notice),
  ];
  const height = Math.max(1, rows - head.length - foot.length);
  const body = drawBody(input, entries, height).map((one): Line => [span(' '), ...one]);
  const lines = [...head, ...body, ...foot].slice(0, rows);
  const help = helpPane(Math.max(1, columns - 2));
  return {
    lines: lines.map((one) => cutLine(one, columns)),
    pageSize: Math.max(1, height - 3),
    scrollLimit: scrollLimit(help, height),
  };
}

function headerLine(page: StartPage, { environment }: StartState, columns: number): Line {
  const unfinished = unfinishedRuns(page).length;
  const running = page.runs.filter(({ status }) => status === 'running').length;
  const counts = [
    counted(page.runbooks.length, 'runbook'),
    ...(unfinished === 0 ? [] : [counted(unfinished, 'unfinished run')]),
    ...(running === 0 ? [] : [`${running} running`]),
  ];
  const where = page.environments.length === 0 ? '' : ` · ${environment ?? 'no environment'}`;
  const left = [span(' runbook', BOLD), span(where, environment === undefined ? {} : BOLD)];
  return spread(left, line(`${counts.join(' · ')} `, DIM), columns);
}

function drawBody(input: StartFrameInput, entries: Entries, height: number): readonly Line[] {
  const { page, state, now, columns } = input;
  const width = Math.max(1, columns - 2);
  if (state.help !== undefined) return fitPane(helpPane(width), height, state.help);
  if (state.box !== undefined) return boxBody(state.box, width, height);
  const query = textOf(state.search);
  const label = state.isSearching
    ? inputLine(line('Search: '), state.search, width)
    : line('/ searches names, summaries, symptoms and people.', DIM);
  const list = listLines(page, entries, { selected: state.selected, width, now });
  const room = Math.max(0, height - 2);
  const shown =
    entries.all.length === 0
      ? [line(`No match. Tab looks “${query}” up as an error.`, WARN)]
      : around(list, room);
  const filled = [label, BLANK, ...shown].slice(0, height);
  return [...filled, ...Array.from({ length: height - filled.length }, () => BLANK)];
}

/** Returns the lines around the selected one, which no mark of omitted lines covers. */
function around({ lines, selected = 0 }: ListLines, room: number): readonly Line[] {
  const start = Math.max(0, Math.min(selected - Math.floor(room / 2), lines.length - room));
  return windowOf(lines, start, room, '   ');
}

function boxBody(box: ErrorBox, width: number, height: number): readonly Line[] {
  // An offer takes several lines: the selected one is scrolled near the top.
  return fitPane(boxPane(box, width), height, box.cursor === 0 ? 0 : box.cursor * 3);
}

function saidOfSelected(
  state: StartState,
  entries: Entries,
  page: StartPage,
  width: number,
): readonly Line[] {
  if (state.help !== undefined) return [BLANK, BLANK, BLANK];
  if (state.box !== undefined)
    return [
      line(boxSays(state.box, page), DIM),
      BLANK,
      hasOffers(state.box) ? opens(state) : BLANK,
    ];
  const entry = entries.all.find(({ key }) => key === state.selected);
  return entry === undefined ? NOTHING_SELECTED : entrySays(entry, state, width);
}

function hasOffers({ text, found }: ErrorBox): boolean {
  return text.trim() !== '' && (found?.finding.offers.length ?? 0) > 0;
}

const NOTHING_SELECTED: readonly Line[] = [
  line(' Nothing is selected. Choose with j and k, or search with /.', DIM),
  line(' Paste an error, or lines of a log, to get suggested runbooks.', DIM),
  BLANK,
];

function opens({ environment }: StartState): Line {
  const where = environment === undefined ? '' : ` in ${environment}`;
  return [
    span(' ⏎', ACCENT),
    span(` opens it${where} and asks for missing inputs; changes always need a confirmation.`),
  ];
}

/** Returns what the selected entry is, on two lines, and what Enter does with it. */
function entrySays(entry: Entry, state: StartState, width: number): readonly Line[] {
  if (entry.kind === 'runbook') {
    const { title, severity, summary } = entry.runbook;
    const says = `${severity === 'critical' ? ' (critical)' : ''}: ${summary}`;
    const [first = BLANK, second = BLANK] = wrapped(`${title}${says}`, width - 2, {}, ' ');
    return [first, second, opens(state)];
  }
  const { run } = entry;
  return [
    [span(` ${run.id}`, BOLD), span(`: ${stoppedText(run)}`)],
    BLANK,
    [
      span(' ⏎', ACCENT),
      span(' resumes this run where it stopped; changes need a new confirmation.', DIM),
    ],
  ];
}

function boxSays({ found, cursor }: ErrorBox, { runbooks }: StartPage): string {
  const offer = found?.finding.offers[cursor];
  const runbook = runbooks.find(({ name }) => name === offer?.runbook);
  return runbook === undefined ? ' Passwords are masked.' : ` ${runbook.title}: ${runbook.summary}`;
}

function hints(state: StartState, { environments }: StartPage): readonly Hint[] {
  const places: readonly Hint[] = environments.length === 0 ? [] : [['^E', 'environment']];
  if (state.help !== undefined)
    return [
      ['j k', 'scroll'],
      ['Esc', 'back'],
      ['^C', 'leave'],
    ];
  if (state.box !== undefined)
    return [
      ...(hasOffers(state.box) ? ([['⏎', 'open'], ['↑↓', 'choose'], ...places] as const) : []),
      ['^U', 'clear'],
      ['Esc', 'list'],
      ['^C', 'leave'],
    ];
  const open: readonly Hint[] =
    state.selected === undefined
      ? []
      : [['⏎', state.selected.startsWith('run ') ? 'resume' : 'open']];
  if (state.isSearching)
    return [
      ...open,
      ['↑↓', 'choose'],
      ['Tab', 'look it up as an error'],
      ...places,
      ['Esc', 'clear'],
    ];
  return [
    ...open,
    ['j k', 'choose'],
    ['/', 'search'],
    ['Tab', 'look up an error'],
    ...places,
    ['?', 'help'],
    ['q', 'leave'],
  ];
}

const HELP = [
  ['/', 'search the runbooks and the unfinished runs: names, summaries, symptoms, people'],
  ['j k ↓ ↑', 'choose an entry; n and N too'],
  ['^D ^U, Space', 'move by half a page, by a page'],
  ['g G', 'to the first entry, to the last one'],
  ['Enter', 'open the runbook, or resume the run, at ▸'],
  ['paste', 'look up an error or lines of a log: suggested runbooks, with the line that matches'],
  ['Tab', 'type an error instead; Tab again returns to the list'],
  ['^E', 'switch to the next environment of the config files, or to none'],
  ['Esc', 'clear the search; if there is none, quit'],
  ['q ^C', 'quit; while you search q is text'],
] as const;

function helpPane(width: number): Pane {
  const commands = aligned([['runbook help', 'list the commands; each has --help']], width);
  return { head: [], body: [...aligned(HELP, width), BLANK, ...commands], foot: [] };
}

/** The number of lines shown from the end of the text. */
const SHOWN_LINES = 5;

/** Returns the box with the end of its text, and the suggested runbooks. */
function boxPane(box: ErrorBox, width: number): Pane {
  return { head: textLines(box, width), body: foundLines(box, width), foot: [] };
}

/** Only the text that classification returned, without secrets, is drawn. */
function textLines({ text, found }: ErrorBox, width: number): readonly Line[] {
  const isEmpty = text.trim() === '';
  const shown = isEmpty ? [] : (found?.finding.shown ?? []);
  const lines = shown.flatMap((one) => wrapTo(one, Math.max(1, width - 3))).slice(-SHOWN_LINES);
  const drawn = lines.map(
    (one, index): Line => [
      span('│ ', DIM),
      span(one),
      ...(index === lines.length - 1 ? [span('▏', ACCENT)] : []),
    ],
  );
  const waiting = isEmpty ? 'paste an error, or lines of a log' : 'reading …';
  return [
    line('Which error?', BOLD),
    ...(drawn.length > 0 ? drawn : [[span('│ ', DIM), span('▏', ACCENT), span(waiting, DIM)]]),
    BLANK,
  ];
}

function foundLines({ text, found, cursor }: ErrorBox, width: number): readonly Line[] {
  if (found === undefined || text.trim() === '') return [];
  const { offers, records } = found.finding;
  if (offers.length === 0)
    return wrapped(
      `No known database error in ${counted(records, 'record')}. Esc returns to the list, where you can search; triage finds the layer that fails.`,
      width,
      WARN,
    );
  return [
    rule(
      width,
      offers.length === 1 ? 'Suggested runbook' : 'Suggested runbooks, most likely first',
    ),
    ...offers.flatMap((offer, index) => offerLines(offer, index === cursor, width)),
  ];
}

function offerLines(offer: Offer, isOn: boolean, width: number): readonly Line[] {
  const { runbook, isHere, title, evidence, why } = offer;
  return [
    [
      span(isOn ? ' ▸ ' : '   ', ACCENT),
      span(runbook, isOn ? BOLD : {}),
      span(`  ${title}`),
      ...(isHere ? [] : [span('  not installed', WARN)]),
    ],
    ...(evidence === '' ? [] : limited(wrapped(evidence, width, {}, '     │ '), 2)),
    ...(why === '' ? [] : limited(wrapped(why, width, DIM, '     '), 2)),
  ];
}

const LONGEST_NAME = 24;
/** The minimum width of a runbook's summary. */
const SHORTEST_SUMMARY = 16;

/** The lines of the list, and the index of the selected one. */
type ListLines = { readonly lines: readonly Line[]; readonly selected: number | undefined };

/** Returns the unfinished runs and the runbooks, one per line. */
function listLines(
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
function stoppedText({ status, step, stepTitle, cannotResume }: RunRow): string {
  if (cannotResume !== undefined) return `cannot be resumed as it stands: ${cannotResume.instead}`;
  if (step === undefined) return `${status} before its first step`;
  return `${status} at ${stepTitle === undefined ? step : `“${stepTitle}”`}`;
}
