import type { InputDefinition } from '#runbook/model/input-definition.ts';
import { inputText } from '#runbook/model/input-text.ts';
import { type Effect, SEVERITIES } from '#runbook/model/terms.ts';
import type { Person } from '../access.ts';
import type { DescribedRunbook, ServedRunbook } from '../served-team.ts';
import { page } from './frame.ts';
import { type Content, exact, type Markup, markup } from './markup.ts';
import { severityMark } from './state.ts';

type Frame = { readonly nonce: string; readonly person: Person };

/** Returns the page with the runbooks that can be started. */
export function runbooksPage(frame: Frame, runbooks: readonly ServedRunbook[]): string {
  const rows = runbooks
    .toSorted((a, b) => rank(b.severity) - rank(a.severity) || (a.title < b.title ? -1 : 1))
    .map(
      ({ name, title, severity }) =>
        markup`<li data-s="off">${severityMark(severity)}
<div class="what"><a href="/runbooks/${exact(encodeURIComponent(name))}">${title}</a><p class="small faint">${name}</p></div></li>
`,
    );
  return page({
    ...{ ...frame, current: 'runbooks', title: 'Runbooks' },
    main: markup`<div class="head"><h1>Runbooks</h1></div>
${rows.length === 0 ? markup`<p class="faint">The server has no valid runbook.</p>` : markup`<ul class="runs">${rows}</ul>`}`,
  });
}

const RISING: readonly string[] = SEVERITIES;
const rank = (severity: string) => RISING.indexOf(severity);

/** An environment in which somebody may see runs, and whether they may start some. */
export type StartPlace = { readonly name: string; readonly mayStart: boolean };

/** Returns the page of a runbook, with the form that starts a run of it. */
export function runbookPage(
  frame: Frame & { readonly key: string },
  runbook: DescribedRunbook,
  places: readonly StartPlace[],
): string {
  const { name, title, severity, summary, impact, steps } = runbook;
  return page({
    ...{ ...frame, current: 'runbooks', title },
    main: markup`<div class="head"><p class="crumbs"><a href="/runbooks">Runbooks</a> <span aria-hidden="true">/</span> ${name}</p><h1>${title}</h1>
<ul class="facts"><li>${severityMark(severity)}</li></ul></div>
<div class="cols"><div>
<p>${summary}</p>${impact !== undefined && markup`<p><b>Impact:</b> ${impact}</p>`}
<section aria-labelledby="h-start"><h2 id="h-start">Start a run</h2>
${startMarkup(frame.key, runbook, places)}</section></div>
<div class="side"><section aria-labelledby="h-steps"><h2 id="h-steps">Its steps</h2>
<ol class="people">${steps.map(({ title: step, effect }) => markup`<li><span>${step}${effect !== undefined && effect !== 'read' && markup` <span class="tag">${RISK[effect]}</span>`}</span></li>`)}</ol></section></div></div>`,
  });
}

const RISK: { readonly [E in Exclude<Effect, 'read'>]: string } = {
  change: 'changes something',
  destructive: 'destructive',
};

function startMarkup(
  key: string,
  { name, inputs, secrets, refusal }: DescribedRunbook,
  places: readonly StartPlace[],
): Content {
  if (refusal !== undefined)
    return markup`<p class="note" data-s="fail">A team cannot run it: ${refusal}.</p>`;
  const open = places.filter(({ mayStart }) => mayStart);
  if (open.length === 0)
    return markup`<p class="faint">There is no environment in which you may start runs.</p>`;
  return markup`<form method="post" action="/runbooks/${exact(encodeURIComponent(name))}/runs" class="card" data-plain>
<input type="hidden" name="key" value="${exact(key)}">
<p class="field"><label for="environment">Environment</label><select id="environment" name="environment" required>${open.length > 1 && markup`<option value="">Choose one</option>`}${open.map((place) => markup`<option value="${exact(place.name)}">${place.name}</option>`)}</select></p>
${inputs.map((input) => inputField(input))}
${secrets.length > 0 && markup`<p class="small faint">Secret, from the environment of the worker: <span class="mono">${secrets.join(', ')}</span></p>`}
<p class="pick"><input type="checkbox" id="dry" name="mode" value="dry-run"><label for="dry">Dry run: changes are shown and not run</label></p>
<p class="acts"><button type="submit" class="first">Start the run</button></p>
</form>`;
}

/** An empty field leaves its input to the environment of the worker, then to its default. */
function inputField(input: InputDefinition): Markup {
  const { name, type, description, default: standard, enum: values } = input;
  const id = `in-${name}`;
  const preset = standard === null ? '' : `, else ${inputText(standard)}`;
  const says = description === undefined ? '' : `${description.replace(/[.!?]?$/, '.')} `;
  const choices = values ?? (type === 'boolean' ? [true, false] : undefined);
  const field =
    choices === undefined
      ? markup`<input type="text" id="${exact(id)}" name="input.${exact(name)}" aria-describedby="${exact(id)}-hint" autocapitalize="none" spellcheck="false">`
      : markup`<select id="${exact(id)}" name="input.${exact(name)}" aria-describedby="${exact(id)}-hint"><option value=""></option>${choices.map((value) => markup`<option value="${exact(String(value))}">${String(value)}</option>`)}</select>`;
  return markup`<p class="field"><label for="${exact(id)}"><span class="mono">${name}</span></label>${field}<span class="hint" id="${exact(id)}-hint">${says}Left empty: as the environment says${preset}.</span></p>
`;
}
