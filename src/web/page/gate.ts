import { type GateTold, tellGate } from '#events/telling/gate.ts';
import { rowsSince } from '#events/view/rows-since.ts';
import type { GateView } from '#events/view/run-view.ts';
import { resolvedNotice } from '#events/wording/alert-text.ts';
import { choicesOf } from '#events/wording/choices.ts';
import { otherRunsTexts } from '#events/wording/other-runs.ts';
import { refreshedText, rowsOutside } from '#events/wording/row-words.ts';
import { cellText } from '#events/wording/table-layout.ts';
import type { Row } from '#runbook/model/value.ts';
import { formatDuration } from '#text/duration.ts';
import type { Permission } from '../access.ts';
import { actionMarkup } from './action.ts';
import { choiceTool, type FormPlace, intentForm, sendButton } from './form.ts';
import { type Content, exact, type Markup, markup } from './markup.ts';
import { rowsTable } from './rows.ts';
import type { ShownRun } from './shown-run.ts';
import { age, clockTime } from './time.ts';

/** The choices that have a place of their own, or none on a page. */
const AT_THE_GATE = ['decline', 'leave', 'leave-out', 'refresh'];
const FORM = 'confirm-form';

/** Returns the open gate: everything it shows, and the form that confirms it. */
export function gateMarkup(gate: GateView, shown: ShownRun): Markup {
  const { view, rights, run } = shown;
  const place = { run: run.id, atSeq: view.awaited?.seq };
  const step = view.steps.find(({ id }) => id === gate.step);
  const may = mayConfirm(gate, shown);
  const told = tellGate(gate);
  const choices = rights.operate.may ? choicesOf(view) : [];
  const decline = choices.find(({ name }) => name === 'decline');
  const others = choices.filter(({ name }) => !AT_THE_GATE.includes(name));
  return markup`<section id="gate" class="gate" data-s="${gate.effect === 'destructive' ? 'fail' : 'wait'}" aria-labelledby="h-gate">
<header><p class="kind">${told.kind}</p><p class="small">Digest <code>${gate.digest.replace(/^sha256:/, '').slice(0, 16)}</code></p></header>
<div>
<h2 id="h-gate">${gate.title}</h2>
${step?.why !== undefined && markup`<p>${step.why}</p>`}
<dl class="kv"><dt>On</dt><dd><b>${gate.action.where}</b></dd>
<dt>Environment</dt><dd><b>${run.environment}</b></dd></dl>
${told.place.map((text) => markup`<p>${text}</p>`)}
${told.warnings.map(({ name, text }) => markup`<p class="note" data-s="wait"><strong>${name}:</strong> ${text}</p>`)}
<p>${told.undo}</p>
</div>
<div id="gate-content">
${actionMarkup(gate.action, 'What will run', told.around)}
${rowsMarkup(gate, told, shown, place)}
${verified(step?.limits)}
</div>
<div>
${resolvedMarkup(shown)}
<div id="other-runs" data-region role="status">${otherRunsTexts(gate.others).map((text) => markup`<p class="note" data-s="wait">${text}</p>`)}</div>
<p id="refused" class="note" data-s="fail" data-region role="alert"${gate.refused === undefined && markup` hidden`}>${gate.refused !== undefined && markup`<strong>Not confirmed:</strong> ${gate.refused}. Nothing has run.`}</p>
${may.may ? confirmForm(gate, place, shown) : markup`<p class="small">${may.because}</p>`}
<div class="acts decide">${may.may && confirmButton(gate)}
${decline && choiceTool(place, decline)}</div>
</div>
${others.length > 0 && markup`<div><details class="fold"><summary>More: ${others.map(({ label }) => label).join(', ')}</summary><div class="tools">${others.map((choice) => choiceTool(place, choice))}</div></details></div>`}
</section>`;
}

/** It is read before the button, also by who opened the gate while the alert was firing. */
function resolvedMarkup({ view }: ShownRun): Markup {
  const notice = resolvedNotice(view);
  return markup`<div id="alert-over" data-region role="status">${notice !== undefined && markup`<p class="note" data-s="wait"><strong>Resolved:</strong> ${notice}</p>`}</div>`;
}

function mayConfirm({ effect }: GateView, { rights }: ShownRun): Permission {
  return effect === 'destructive' ? rights.confirm.destructive : rights.confirm.change;
}

function rowsMarkup(gate: GateView, told: GateTold, shown: ShownRun, place: FormPlace): Content {
  const { preview, before } = gate;
  const { rows, news } = told;
  const note = news.map((text) => markup`<p class="note" data-s="wait">${text}</p>`);
  if (preview === undefined || rows === undefined) return note;
  return [
    note,
    markup`<div class="between"><h3>${rows.ahead} <span id="rows-age" class="faint" data-region data-quiet>· ${agesOf(gate, shown.now)}</span></h3>
${shown.rights.operate.may && intentForm(place, sendButton('refresh', 'Read again', 'little'))}</div>`,
    markup`<p id="stale" class="note small" data-s="${isStale(gate, shown.now) ? 'wait' : 'off'}" data-region data-quiet>${staleText(gate)}</p>`,
    rowsTable(gate.action, preview),
    gate.part !== 'undo' && shown.rights.operate.may && leavingOutForm(gate, place),
    rows.notes.map((text) => markup`<p class="small">${text}</p>`),
    before !== undefined &&
      markup`<p class="small">Since the gate was first shown: <b>${rowsSince(before, preview)}</b>.</p>`,
  ];
}

/** Returns the fold with a box for each row and for each that is outside; without a tick, the step chooses again. */
function leavingOutForm(gate: GateView, place: FormPlace): Content {
  const { columns = [], rows = [] } = gate.preview ?? {};
  const outside = rowsOutside(gate);
  if (rows.length < 2 && outside.length === 0) return undefined;
  const boxes = (name: 'row' | 'back', some: readonly Row[]) =>
    some.map(
      (row, index) =>
        markup`<li><label><input type="checkbox" name="${name}.${index + 1}"> ${columns
          .slice(0, 3)
          .map((column) => cellText(row[column]))
          .join(' · ')}</label></li>`,
    );
  return markup`<details class="tool"><summary>Leave rows out …</summary>${intentForm(place, [
    markup`<p>The rows with a tick are left out, and the gate is shown again without them. With no tick, it is shown as at first.</p>`,
    markup`<input type="hidden" name="digest" value="${exact(gate.digest)}"><ul>${boxes('row', rows)}</ul>`,
    outside.length > 0 && markup`<p>Take back:</p><ul>${boxes('back', outside)}</ul>`,
    sendButton('leave-out', 'Leave out', 'little'),
  ])}</details>`;
}

function readAt({ preview, unchangedAt, at }: GateView): string {
  return unchangedAt ?? preview?.at ?? at;
}

function isStale(gate: GateView, now: number): boolean {
  return now - Date.parse(readAt(gate)) > (gate.preview?.freshForMs ?? 0);
}

function agesOf(gate: GateView, now: number): Markup {
  const { preview, part } = gate;
  const freshMs = preview?.freshForMs ?? 0;
  if (part === 'undo') return markup`read before the change at ${clockTime(readAt(gate))}`;
  const word = isStale(gate, now) ? 'too old' : `good for ${formatDuration(freshMs)}`;
  return markup`read ${age(readAt(gate), now, { ago: true, freshMs })}, <span id="good">${word}</span>`;
}

function staleText({ preview, unrefreshed, part }: GateView): string {
  if (part === 'undo') return 'These are the rows as they were before the change.';
  const told = unrefreshed === undefined ? undefined : refreshedText(unrefreshed);
  const limit = formatDuration(preview?.freshForMs ?? 0);
  const rule = `If they are older than ${limit} when you confirm, they are read again and you are asked once more.`;
  return told === undefined ? rule : `${told} ${rule}`;
}

function verified(limits: ShownRun['view']['steps'][number]['limits']): Content {
  if (limits?.until === undefined) return undefined;
  const within = limits.withinMs === undefined ? '' : `, within ${formatDuration(limits.withinMs)}`;
  return markup`<p><b>Checked afterwards:</b> <code>${limits.until}</code>${within}</p>`;
}

function confirmForm(gate: GateView, place: FormPlace, { person }: ShownRun): Markup {
  const { phrase, digest } = gate;
  const field =
    phrase !== undefined &&
    markup`<p class="field"><label for="phrase">To run it, type <code>${phrase}</code></label>
<input type="text" id="phrase" name="phrase" data-phrase="${exact(phrase)}" required autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="phrase-hint phrase-error">
<span id="phrase-hint" class="hint">Exactly as shown.</span>
<span id="phrase-error" class="error" role="alert" hidden>Not the phrase. Nothing has run.</span></p>`;
  const content = [
    markup`<input type="hidden" name="digest" value="${exact(digest)}">`,
    field,
    markup`<p class="small faint">Your name (${person.name}) and the digest are recorded.</p>`,
  ];
  return intentForm(place, content, FORM);
}

/** It stands beside the other answer, outside of its form. */
function confirmButton({ simulated, effect }: GateView): Markup {
  const label = simulated === true ? 'Continue, nothing runs' : 'Confirm and run';
  const look = effect === 'destructive' ? 'danger' : 'first';
  return markup`<button type="submit" form="${FORM}" id="confirm" class="${look}" name="intent" value="confirm">${label}</button>`;
}
