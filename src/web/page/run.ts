import { createHash } from 'node:crypto';
import type { StoredIntent } from '#events/log/news.ts';
import { hasChanged } from '#events/view/conclusion.ts';
import { stepOf } from '#events/view/place-in-run.ts';
import { rowsSince } from '#events/view/rows-since.ts';
import type { RunView, StepState, StepView } from '#events/view/run-view.ts';
import { alertState } from '#events/wording/alert-text.ts';
import { refusalText } from '#events/wording/answered-by.ts';
import { changeText } from '#events/wording/change-text.ts';
import {
  EFFECT_WORD,
  elapsedMs,
  PHASE_NAMES,
  STATE_SIGN,
  STATE_WORD,
  titleOf,
} from '#events/wording/phrases.ts';
import { timelineEntries } from '#report/transcript/blocks/timeline.ts';
import { blocksHtml, saidHtml, withNamedTables } from '#report/transcript/html/blocks.ts';
import { maskRules } from '#report/transcript/masks.ts';
import { transcriptRun } from '#report/transcript/run.ts';
import { type Visit, visitsOf } from '#report/transcript/visits.ts';
import { inputText } from '#runbook/model/input-text.ts';
import { agreeing, counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import type { QueuePlace } from '../served-team.ts';
import { alertsMarkup } from './alerts.ts';
import { intentForm, noteTool, sendButton } from './form.ts';
import { type Frame, page } from './frame.ts';
import { gateMarkup } from './gate.ts';
import { type Content, escapedAlready, exact, type Markup, markup } from './markup.ts';
import { questionMarkup } from './question.ts';
import type { ShownRun } from './shown-run.ts';
import {
  badge,
  type Look,
  type Standing,
  severityMark,
  standingOf,
  standingOfView,
  stepSign,
} from './state.ts';
import { age, clockTime } from './time.ts';

/** How long a refused answer is shown. */
const REFUSED_MS = 10 * 60_000;

/** Returns the page of a run: what was found, what is asked, what happened. */
export function runPage(shown: ShownRun): string {
  const { view, run, person, nonce, records } = shown;
  const standing = standingOfView(view);
  const timeline = timelineOf(shown);
  const isOver = view.status === 'finished';
  const goes = view.status === 'waiting' ? place(view) : undefined;
  return page({
    ...{ nonce, person, current: 'runs', isLive: !isOver },
    title: `${standing.word}: ${run.title}`,
    skips: goes && markup`<a class="skip" href="#${goes.id}">Skip to ${goes.name}</a>`,
    strip: strip(shown),
    data: markup` data-run="${exact(encodeURIComponent(run.id))}" data-after="${records.at(-1)?.seq ?? 0}"${isOver && markup` data-over`}`,
    main: markup`${head(shown)}
<div class="cols"><div>
${ownMarkup(shown)}
${outcome(view)}
${verdict(view, timeline)}
${asked(shown)}
${live(shown)}
${changes(view)}
${alertsMarkup(shown)}
<section aria-labelledby="h-tl"><h2 id="h-tl">Timeline</h2>
<ol id="timeline" class="tl" data-region="list">${timeline.entries}</ol></section>
</div>
<div class="side">
${steps(view, timeline)}
${notes(shown)}
${about(shown)}
</div></div>`,
  });
}

/** Returns the page of a run that no worker has begun yet. */
export function queuedPage({
  run,
  person,
  nonce,
  now,
  place,
}: Pick<ShownRun, 'run' | 'person' | 'nonce' | 'now'> & {
  readonly place: QueuePlace | undefined;
}): string {
  const frame: Frame = {
    ...{ nonce, person, current: 'runs', isLive: true, title: `Queued: ${run.title}` },
    data: markup` data-run="${exact(encodeURIComponent(run.id))}" data-after="0" data-queued`,
    main: markup`<div class="head"><p class="crumbs"><a href="/">Runs</a> <span aria-hidden="true">/</span> ${run.runbook}</p><h1>${run.title}</h1>
<p>${badge(standingOf(run))} for ${age(run.startedAt, now)}. No worker has started it yet.${place && ` ${whyQueued(place)}`}</p></div>
<div id="news" data-region>${troubleMarkup(run)}</div>`,
  };
  return page(frame);
}

function whyQueued({ label, ahead, workers, working, places }: QueuePlace): string {
  if (workers === 0) return '';
  const turn = ahead === 0 ? 'It is next' : `${counted(ahead, 'run')} will be started before it`;
  const who = `${counted(workers, 'worker')} for ${label} ${agreeing(workers, 'works', 'work')}`;
  return `${turn}: ${who} on ${working} of at most ${counted(places, 'run')} at a time.`;
}

function place({
  awaited,
  gate,
}: RunView): { readonly id: string; readonly name: string } | undefined {
  if (gate !== undefined) return { id: 'gate', name: 'the gate' };
  return awaited === undefined ? undefined : { id: 'ask', name: 'the question' };
}

function strip({ view, run }: ShownRun): Markup {
  const goes = place(view);
  const live = view.mode === 'live' ? markup`<span class="live">LIVE</span> ` : 'Dry run, ';
  return markup`<section class="strip" aria-label="This run, wherever you scroll">
<p>${live}<b>${run.environment}</b></p>
<p class="mono">${targetsOf(view)}</p>
<p id="run-state" data-region>${badge(standingOfView(view))}</p>
<p id="lost" hidden><span class="state" data-s="fail"><span aria-hidden="true">✗</span>Not connected</span></p>
<p id="way" class="go" data-region>${goes !== undefined && markup`<a href="#${goes.id}">${goes.id === 'gate' ? 'To the gate' : 'Answer'}</a>`}</p>
</section>`;
}

/** Two lines hold it on a narrow screen: the database and its host are enough. */
function targetsOf({ targets, places }: RunView): string {
  const shown = Object.entries(targets).map(([name, description]) => {
    const { host, database } = places[name] ?? {};
    if (!host) return description;
    return database ? `${database} on ${host}` : host;
  });
  return [...new Set(shown)].join(', ');
}

function head({ view, run, now }: ShownRun): Markup {
  const { awaited, endedAt } = view;
  const times =
    endedAt !== undefined
      ? markup`<li>Ended ${clockTime(endedAt)}, after <b>${formatDuration(elapsedMs(view, 0))}</b></li>`
      : awaited !== undefined && view.status === 'waiting'
        ? markup`<li>Waiting since ${clockTime(awaited.since)}, <b>${age(awaited.since, now)}</b></li>`
        : undefined;
  return markup`<div class="head"><p class="crumbs"><a href="/">Runs</a> <span aria-hidden="true">/</span> ${run.runbook}</p>
<h1>${run.title}</h1>
${lead(view)}
<ul id="facts" class="facts" data-region><li>${severityMark(run.severity)}</li>
<li>Started by ${run.startedBy}, ${clockTime(view.startedAt)}</li>
${times}
${(view.alerts ?? []).slice(0, 1).map((alert) => markup`<li><a href="#alerts">Alert</a> ${alertState(alert)}</li>`)}</ul></div>`;
}

/** The verdict at a glance: what was found, and what is asked about it. */
function lead(view: RunView): Markup {
  const { findings, gate, awaited, status } = view;
  const found = findings.findLast(({ isCause }) => isCause) ?? findings.at(-1);
  const to = status === 'waiting' ? place(view) : undefined;
  const isGate = gate !== undefined && awaited?.for === 'gate';
  const question = isGate
    ? `${gate.title.replace(/[.?]$/, '')}?`
    : `${standingOfView(view).word}: ${titleOf(view, awaited?.step ?? '')}`;
  const asks = to !== undefined && markup` <a href="#${to.id}">${question}</a>`;
  const risk =
    isGate &&
    markup` <span class="small">${EFFECT_WORD[gate.effect]} on ${gate.action.where}.</span>`;
  const isShown = status !== 'finished' && (found !== undefined || to !== undefined);
  return markup`<div id="lead" data-region>${isShown && markup`<p class="lead">${found?.text}${asks}${risk}</p>`}</div>`;
}

/** The verdicts of what this person sent: they stay, whatever the answers of others do to its forms. */
function ownMarkup({ own, sent, run, now }: ShownRun): Content {
  // What was taken is in the timeline, and makes what was refused before it old.
  const taken = own.findIndex(({ verdict }) => verdict?.accepted);
  const told = own.slice(0, taken === -1 ? own.length : taken + 1).flatMap((intent) => {
    const text = ownText(intent, { isSent: intent.id === sent, now });
    return text === undefined ? [] : [text];
  });
  return markup`<div id="news" data-region data-say="${told.map(({ text }) => text).join(' ')}">${told.map(({ look, at, text }) => markup`<p class="note" data-s="${look}">${at && markup`Your answer of ${at}: `}${text}</p>`)}${troubleMarkup(run)}</div>
<div id="refusal" class="note" data-s="fail" role="alert"></div>`;
}

function ownText(
  { verdict, createdAt }: StoredIntent,
  { isSent, now }: { readonly isSent: boolean; readonly now: number },
): { readonly look: Look; readonly text: string; readonly at?: Markup } | undefined {
  if (verdict === undefined)
    return { look: 'run', text: 'Your answer is sent. The worker has not answered yet.' };
  if (verdict.accepted)
    return isSent ? { look: 'done', text: 'Done: the run has taken it.' } : undefined;
  if (!isSent && now - createdAt.getTime() > REFUSED_MS) return undefined;
  const at = clockTime(createdAt.toISOString());
  return { look: 'fail', at, text: refusalText(verdict) };
}

function troubleMarkup({ trouble }: ShownRun['run']): Content {
  if (trouble === undefined) return undefined;
  return markup`<p class="note" data-s="fail" role="alert"><strong>It cannot continue:</strong> ${trouble}</p>`;
}

function outcome(view: RunView): Markup {
  const { summary, status, paused, continueWith: next } = view;
  const { look, word } = standingOfView(view);
  const text = status === 'paused' ? paused?.reason : summary;
  const isTold = status === 'finished' || status === 'paused';
  return markup`<div id="outcome" data-region data-say="${isTold && `${word}. ${text ?? ''}`}">${isTold && markup`<p class="note" data-s="${look}"><strong>${word}.</strong> ${text}${status === 'finished' && next !== undefined && markup` Continue with <a href="/runbooks/${exact(encodeURIComponent(next))}">${next}</a>.`}</p>`}</div>`;
}

function verdict(view: RunView, { anchors }: Timeline): Markup {
  const { findings } = view;
  const found = findings.map(({ text, step, at, isCause }) => {
    const anchor = anchors.get(step);
    const title = titleOf(view, step);
    const where = anchor === undefined ? title : markup`<a href="#${anchor}">${title}</a>`;
    return markup`<li><p>${text}${isCause && markup` <span class="tag">cause</span>`}</p><p class="small faint">${where} <span aria-hidden="true">·</span> ${clockTime(at)}</p></li>
`;
  });
  return markup`<section id="verdict" data-region data-seq="${findings.length}" data-say="${findings.at(-1)?.text}" aria-labelledby="h-verdict"><details id="found" class="found" open><summary><h2 id="h-verdict">${view.status === 'finished' ? 'What was found' : 'What was found so far'}</h2></summary>
${found.length === 0 ? markup`<p class="faint">Nothing yet.</p>` : markup`<ol class="finds">${found}</ol>`}</details></section>`;
}

function asked(shown: ShownRun): Markup {
  const { view } = shown;
  const { awaited, gate, status } = view;
  const isOpen = status === 'waiting' && awaited !== undefined;
  const seq = isOpen ? `${gate?.seq ?? 0}-${awaited.seq}` : '';
  const content = !isOpen
    ? undefined
    : gate !== undefined && awaited.for === 'gate'
      ? gateMarkup(gate, shown)
      : questionMarkup(awaited, shown);
  return markup`<div id="asked" data-region data-seq="${seq}" data-say="${isOpen && askedText(view)}">${content}</div>`;
}

function askedText(view: RunView): string {
  const { awaited, gate } = view;
  const { word } = standingOfView(view);
  const title = gate?.title ?? titleOf(view, awaited?.step ?? '');
  const since =
    gate?.before !== undefined && gate.preview !== undefined
      ? ` Since it was first shown: ${rowsSince(gate.before, gate.preview)}.`
      : '';
  return `${word}: ${title}.${since}`;
}

/** The script fills it with the last lines of what runs. */
function live({ view, run, rights }: ShownRun): Markup {
  const running = view.steps.findLast(({ state }) => state === 'running');
  if (running === undefined || view.status !== 'running')
    return markup`<div id="live" data-region data-seq=""></div>`;
  const { id, title } = running;
  const stop = view.stopping
    ? markup`<span class="small">Stops at the next safe point.</span> ${sendButton('cancel', 'Cancel what runs', 'little')}`
    : sendButton('stop', 'Stop at the next safe point', 'little');
  return markup`<div id="live" data-region data-seq="${exact(id)}${view.stopping && '!'}"><section aria-labelledby="h-live"><h2 id="h-live">Running: ${title}</h2>
<pre data-step="${exact(id)}" hidden><code></code></pre>
${rights.operate.may && intentForm({ run: run.id, atSeq: undefined }, markup`<p class="acts">${stop}</p>`)}</section></div>`;
}

function changes(view: RunView): Markup {
  // One that runs is shown above, and its outcome is not unknown yet.
  const isRunning = view.status === 'running';
  const all = (view.changes ?? []).filter(({ state }) => state !== 'running' || !isRunning);
  const list = all.map((change) => markup`<li>${changeText(change, view)}</li>`);
  const isNothing = view.status === 'finished' && !hasChanged(view);
  if (list.length === 0 && !isNothing) return markup`<div id="changes" data-region></div>`;
  return markup`<div id="changes" data-region><section aria-labelledby="h-changes"><h2 id="h-changes">What was changed</h2>${isNothing && markup`<p>Nothing.</p>`}${list.length > 0 && markup`<ul>${list}</ul>`}</section></div>`;
}

function steps(view: RunView, { anchors }: Timeline): Markup {
  const own = view.steps.filter(({ parent }) => parent === undefined);
  const isReached = ({ state }: StepView) => state !== 'waiting' && state !== 'not-taken';
  const list = (shown: readonly StepView[]) =>
    markup`<ol class="people">${shown.map((step) => stepItem(step, anchors.get(step.id)))}</ol>`;
  // Regions inside of the fold, which stays open when they change.
  return markup`<section aria-labelledby="h-steps"><h2 id="h-steps">Where it stands</h2>
<div id="steps" data-region>${list(own.filter(isReached))}</div>
<details class="fold"><summary>Steps not reached</summary><div id="not-reached" data-region>${list(own.filter((step) => !isReached(step)))}</div></details></section>`;
}

function stepItem({ title, state }: StepView, anchor: string | undefined): Markup {
  const name = anchor === undefined ? title : markup`<a href="#${anchor}">${title}</a>`;
  return markup`<li>${stepSign(state)}<span>${name} <span class="small faint nw">${STATE_WORD[state]}</span></span></li>
`;
}

/** The tool is a region of its own, so that a note of somebody else leaves typed text alone. */
function notes({ view, run, rights }: ShownRun): Markup {
  const { notes: all, status } = view;
  const mayWrite = rights.operate.may && status !== 'finished';
  const list = all.map(
    ({ text, operator, at }) =>
      markup`<li><span>${text} <span class="faint nw">${operator}, ${clockTime(at)}</span></span></li>`,
  );
  return markup`<section aria-labelledby="h-notes"><h2 id="h-notes">Notes</h2>
<div id="notes" data-region data-say="${all.at(-1)?.text}">${list.length === 0 ? markup`<p class="faint">No notes yet.</p>` : markup`<ul class="people">${list}</ul>`}</div>
<div id="write" data-region data-seq="${mayWrite && 'note'}">${mayWrite && noteTool(run.id)}</div></section>`;
}

function about({ view, run }: ShownRun): Markup {
  const path = `/r/${encodeURIComponent(run.id)}`;
  const inputs = view.inputs.map(
    ({ name, value, secret }) =>
      markup`<li><span class="mono">${name}</span> ${secret ? 'secret, kept by the worker' : value === null ? 'not given' : inputText(value)}</li>`,
  );
  return markup`<section aria-labelledby="h-about"><h2 id="h-about">About this run</h2>
<dl class="kv"><dt>Run</dt><dd class="mono">${run.id}</dd>
<dt>Runbook</dt><dd>${view.runbook.name} <span class="mono">${view.runbook.sha256.slice(0, 8)}</span></dd>
${inputs.length > 0 && markup`<dt>Inputs</dt><dd><ul class="people">${inputs}</ul></dd>`}</dl></section>
<section aria-labelledby="h-record"><h2 id="h-record">Record</h2>
<ul class="people"><li><a href="${exact(`${path}/record`)}">Page to read and print</a></li><li><a href="${exact(`/api/runs${path.slice(2)}/journal`)}">Journal</a></li><li><a href="${exact(`/api/runs${path.slice(2)}/archive`)}">Archive for runbook runs import</a></li></ul></section>`;
}

/** The timeline of a run: one entry for each visit of a step. */
type Timeline = {
  readonly entries: readonly Markup[];
  /** The ID of the entry of each step's latest visit. */
  readonly anchors: ReadonlyMap<string, string>;
};

/**
 * Returns the timeline from the same blocks as the transcript. An entry whose content is the same has
 * the same `data-seq`, so that the script leaves it alone, and open folds stay open.
 */
function timelineOf({ records }: Pick<ShownRun, 'records'>): Timeline {
  const run = transcriptRun(records, { outputs: () => undefined });
  if (run === undefined) return { entries: [], anchors: new Map() };
  const ruleOf = maskRules(records);
  const visits = visitsOf(run);
  const anchors = new Map<string, string>();
  let visit = -1;
  const entries = timelineEntries(run).flatMap(({ phase, title, blocks }, index) => {
    const id = `t${index}`;
    if (title !== undefined) visit += 1;
    const of = title && visits[visit];
    if (of !== undefined) anchors.set(of.step, id);
    const name = title === undefined ? 'Start of the run' : saidHtml(title, ruleOf);
    const isLatest = visits.findLastIndex(({ step }) => step === of?.step) === visit;
    const now = isLatest ? stepOf(run.view, of?.step)?.state : undefined;
    return [
      ...(phase === undefined ? [] : [phaseItem(`${id}p`, PHASE_NAMES[phase])]),
      item(
        id,
        escapedAlready(name),
        { ...stateOf(of, now), took: tookOf(of) },
        blocksHtml(blocks, ruleOf),
      ),
    ];
  });
  return { entries, anchors };
}

function phaseItem(id: string, name: string): Markup {
  return markup`<li id="${id}" class="phase" data-seq="0">${name}</li>
`;
}

/** When a step began, and how long it and what it asked took. */
function tookOf(visit: Visit | undefined): Content {
  if (visit === undefined) return undefined;
  const ms = Date.parse(visit.until) - Date.parse(visit.from);
  return markup` · ${clockTime(visit.from)}${visit.state !== 'current' && ` · ${formatDuration(ms)}`}`;
}

function item(
  id: string,
  title: Markup,
  { look, sign, word, took }: Standing & { readonly took: Content },
  body: string,
): Markup {
  const content = markup`<span class="m" data-s="${look}" aria-hidden="true">${sign}</span><details><summary><b>${title}</b> <span>${word}${took}</span></summary><div class="told-in-full">${escapedAlready(withNamedTables(body, ` of entry ${id.slice(1)}`))}</div></details>`;
  const version = createHash('sha256').update(content.html).digest('hex').slice(0, 12);
  return markup`<li id="${id}" data-seq="${version}">${content}</li>
`;
}

const LOOK: Readonly<Record<string, Look>> = {
  succeeded: 'done',
  'done-by-hand': 'done',
  failed: 'fail',
  unknown: 'odd',
  current: 'wait',
  running: 'run',
};

function stateOf(visit: Visit | undefined, now: StepState | undefined): Standing {
  if (visit === undefined) return { look: 'off', sign: '·', word: '' };
  // A visit has no state of its own while its action runs.
  const state = visit.state === 'current' ? (now ?? 'current') : visit.state;
  if (state === 'declined') return { look: 'off', sign: '✗', word: 'declined' };
  return { look: LOOK[state] ?? 'off', sign: STATE_SIGN[state], word: STATE_WORD[state] };
}
