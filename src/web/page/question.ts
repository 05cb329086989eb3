import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { tellEvent } from '#events/telling/event.ts';
import { askedText, offeredBranches } from '#events/telling/question.ts';
import { plainText } from '#events/telling/say.ts';
import { jumpTargets } from '#events/view/jump-targets.ts';
import { isOpening } from '#events/view/opening.ts';
import { begunOf, inputsAt, stepOf } from '#events/view/place-in-run.ts';
import type { AwaitedView, RunView } from '#events/view/run-view.ts';
import { type Choice, choicesOf } from '#events/wording/choices.ts';
import { jumpNote } from '#events/wording/jump-note.ts';
import { briefValueTexts, errorText, itemText, titleOf } from '#events/wording/phrases.ts';
import { barredText, isOffered, undecidedText } from '#events/wording/undecided.ts';
import { counted } from '#text/count.ts';
import { actionMarkup } from './action.ts';
import { choiceTool, type FormPlace, intentForm, sendButton } from './form.ts';
import { type Content, capital, exact, type Markup, markup } from './markup.ts';
import { rowsTable } from './rows.ts';
import type { ShownRun } from './shown-run.ts';
import { standingOf } from './state.ts';
import { clockTime } from './time.ts';

/** Returns the question of the run, its context, and every answer that is possible. */
export function questionMarkup(awaited: AwaitedView, shown: ShownRun): Markup {
  const { view, rights, run } = shown;
  const place = { run: run.id, atSeq: awaited.seq };
  const { look, word } = standingOf({ status: 'waiting', waitingFor: awaited.for });
  const choices = choicesOf(view).filter(({ name }) => name !== 'leave');
  const first = firstChoice(awaited, choices);
  const others = choices.filter(({ name }) => name !== first?.name && !isInForm(name, awaited));
  const title = isOpening(view) ? 'Ready to start' : titleOf(view, awaited.step);
  return markup`<section id="ask" class="gate" data-s="${look}" aria-labelledby="h-ask">
<header><p class="kind">${word}</p></header>
<div><h2 id="h-ask">${title}</h2>
${context(awaited, shown)}</div>
${awaited.for === 'unknown' && beganMarkup(awaited.step, shown)}
${awaited.action !== undefined && markup`<div>${actionMarkup(awaited.action, `What will run on ${awaited.action.where}`)}</div>`}
${rights.operate.may ? [answerForm(awaited, first, place, view), markup`<div class="tools">${others.map((choice) => choiceTool(place, choice, extra(choice, shown)))}</div>`] : markup`<div><p class="small">${rights.operate.because}</p></div>`}
</section>`;
}

/** Done and not done are two buttons of one form. */
function isInForm(name: Choice['name'], awaited: AwaitedView): boolean {
  return awaited.for === 'report' && (name === 'done' || name === 'not-done');
}

/** The most likely choice has a button of its own, unless it asks for something. */
function firstChoice(awaited: AwaitedView, choices: readonly Choice[]): Choice | undefined {
  const [first] = choices;
  const hasForm = ['answer', 'report', 'decision'].includes(awaited.for);
  const isAsking = first?.asks !== undefined || first?.name === 'edit' || first?.name === 'jump';
  return hasForm || isAsking ? undefined : first;
}

function context(awaited: AwaitedView, { view }: ShownRun): Content {
  const { reason, prompt, item, error, values = [] } = awaited;
  const why = stepOf(view, awaited.step)?.why;
  const undecided = awaited.for === 'decision' ? undecidedText(awaited) : reason;
  return [
    why !== undefined && markup`<p>${why}</p>`,
    awaited.for === 'unknown' && markup`<p class="prompt">${askedText(awaited)}</p>`,
    item !== undefined && markup`<p>${itemText(item)}</p>`,
    prompt !== undefined && awaited.for === 'report' && markup`<p class="prompt">${prompt}</p>`,
    undecided !== undefined && markup`<p>${undecided}</p>`,
    error !== undefined &&
      markup`<p class="note" data-s="fail"><strong>Failed:</strong> ${errorText(error)}</p>`,
    error?.hint !== undefined && markup`<p class="small">${error.hint}</p>`,
    values.length > 0 && markup`<p class="small mono">${briefValueTexts(values).join(', ')}</p>`,
  ];
}

function answerForm(
  awaited: AwaitedView,
  first: Choice | undefined,
  place: FormPlace,
  view: RunView,
): Content {
  switch (awaited.for) {
    case 'answer':
      return markup`<div>${questionForm(awaited, place)}</div>`;
    case 'report':
      return markup`<div>${intentForm(place, [
        markup`<p class="field"><label for="saw">What did you see? Required if it could not be done.</label><textarea id="saw" name="said"></textarea></p>`,
        markup`<p class="acts">${sendButton('done', 'Done', 'first')} ${sendButton('not-done', 'Could not be done')}</p>`,
      ])}</div>`;
    case 'decision':
      return markup`<div>${decisionForm(awaited, place, view)}</div>`;
    default:
      if (first === undefined) return undefined;
      return markup`<div>${intentForm(place, markup`<p class="acts">${sendButton(first.name, capital(first.label), 'first')} <span class="small faint">${capital(first.says)}.</span></p>`)}</div>`;
  }
}

function questionForm({ prompt, choices, secret, input }: AwaitedView, place: FormPlace): Content {
  const asked = prompt ?? 'Answer';
  if (secret === true && input !== undefined)
    return intentForm(place, [
      markup`<p>${asked}</p><p class="small">Secrets are not entered on this page. Give <span class="mono">${input}</span> to the environment of the worker, and start a new run; or continue without it.</p>`,
      markup`<input type="hidden" name="value" value=""><p class="acts">${sendButton('answer', 'Continue without it', 'first')}</p>`,
    ]);
  if (secret === true)
    return markup`<p>${asked}</p><p class="small">The answer is a secret. Secrets are not entered on this page.</p>`;
  const field =
    choices === undefined || choices.length === 0
      ? markup`<p class="field"><label for="answer">${asked}</label><input type="text" id="answer" name="value"${input === undefined && markup` required`} autocomplete="off"></p>`
      : markup`<fieldset class="field"><legend>${asked}</legend>${choices.map((choice) => markup`<p><label class="pick"><input type="radio" name="value" value="${exact(choice)}" required> ${choice}</label></p>`)}</fieldset>`;
  return intentForm(place, [
    field,
    markup`<p class="acts">${sendButton('answer', 'Answer', 'first')}</p>`,
  ]);
}

function decisionForm(awaited: AwaitedView, place: FormPlace, view: RunView): Content {
  const options = offeredBranches(awaited, view).map(
    ({ clause, leads, when }) =>
      markup`<p><label class="pick"><input type="radio" name="clause" value="${clause}" required> ${leads}<span class="small faint">, ${when}</span></label></p>`,
  );
  const next = markup`<p><label class="pick"><input type="radio" name="clause" value="" required> the next step</label></p>`;
  const barred = barredText(awaited, view);
  return intentForm(place, [
    markup`<fieldset class="field"><legend>Where does the run continue?</legend>${options}
${isOffered(awaited, null) && next}${barred !== undefined && markup`<p class="small">${barred}</p>`}</fieldset>`,
    markup`<p class="field"><label for="why-clause">Why?</label><textarea id="why-clause" name="said" required></textarea></p>`,
    markup`<p class="acts">${sendButton('choose', 'Continue there', 'first')}</p>`,
  ]);
}

/** Returns the fields of a choice that needs more than a text. */
function extra({ name }: Choice, { view }: ShownRun): Content {
  switch (name) {
    case 'jump':
      return [
        options('to', 'step', 'Step', jumpTargets(view), (id) => jumpNote(view, id)),
        reasonField('jump'),
      ];
    case 'undo': {
      const done = (view.awaited?.undoable ?? []).toReversed();
      const steps = done.map((id) => ({ id, title: titleOf(view, id) }));
      return [options('undo-step', 'step', 'Change', steps, () => ''), reasonField('undo')];
    }
    case 'edit':
      return inputsAt(view, view.current ?? '').map((input) =>
        input.secret
          ? markup`<p class="small">${input.name} is secret and is changed where the worker runs.</p>`
          : markup`<p class="field"><label for="in-${input.name}">${input.name}</label><input type="text" id="in-${input.name}" name="input.${input.name}" value="${exact(input.value === null ? '' : String(input.value))}"></p>`,
      );
    default:
      return undefined;
  }
}

function reasonField(name: string): Markup {
  return markup`<p class="field"><label for="why-${name}">Why?</label><textarea id="why-${name}" name="said" required></textarea></p>`;
}

function options(
  id: string,
  name: string,
  label: string,
  steps: readonly { readonly id: string; readonly title: string }[],
  note: (step: string) => string,
): Markup {
  const all = steps.map((step) => {
    const says = note(step.id);
    return markup`<option value="${exact(step.id)}">${step.title}${says !== '' && `: ${says}`}</option>`;
  });
  return markup`<p class="field"><label for="${id}">${label}</label><select id="${id}" name="${name}">${all}</select></p>`;
}

/** Returns a change whose end is unknown: who confirmed it, what began, and what was done about it. */
function beganMarkup(step: string, shown: ShownRun): Content {
  const { view, records } = shown;
  const begun = begunOf(stepOf(view, step));
  if (begun === undefined) return undefined;
  const { preview } = lastOf(records, 'gate.opened', step)?.event ?? {};
  return [
    markup`<div><ol class="tl">${history(step, shown)}</ol></div>`,
    markup`<div>${actionMarkup(begun.action, `What began on ${begun.action.where}`)}
${preview !== undefined && markup`<details class="fold"><summary>The ${counted(preview.rows.length, 'row')} it was for</summary>${rowsTable(begun.action, preview)}</details>`}</div>`,
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
