import { PHASE_NAMES } from '#events/wording/phrases.ts';
import { joined } from '../markdown.ts';
import type { TranscriptRun } from '../run.ts';
import { type Visit, visitsOf } from '../visits.ts';
import { blocksHtml } from './blocks.ts';
import { className, VISIT_WORD } from './picture.ts';
import { html, type RuleOf } from './text.ts';

/** The time before an entry, in the format of `RunTimes.at`. */
const TIME =
  /<li><strong>(?<utc>[-: 0-9]+)<\/strong>(?: \((?<local>[:0-9]+)\))? (?<since>\+[:0-9]+) · /g;

/**
 * Returns the section of the timeline, given as Markdown blocks, with a filter by phase that works
 * without the script.
 */
export function timelineHtml(
  [heading = '', ...blocks]: readonly string[],
  run: TranscriptRun,
  ruleOf: RuleOf,
): readonly string[] {
  const { options } = run;
  const zone = options.timeZone === undefined || options.timeZone === 'UTC' ? '' : options.timeZone;
  const local = zone === '' ? '' : `, in brackets in ${html(zone)}`;
  // Each heading of the fourth level is a visit.
  const visits = [...visitsOf(run)];
  const phases = phasesOf(blocks).map(({ phase, shown }) => {
    const body = blocksHtml(joined(shown), ruleOf)
      .replaceAll(TIME, timeHtml)
      .replaceAll('</h4>', () => `${badge(visits.shift())}</h4>`);
    return `<div class="stretch" data-phase="${phase}">\n${body}\n</div>`;
  });
  // Times on another day start with their date.
  const isLong = phases.some((phase) => /<time>\d\d-/.test(phase));
  return [
    [
      `<section id="timeline"${isLong ? ' class="days"' : ''}>`,
      blocksHtml(heading, ruleOf),
      `<p class="hint">Times are in UTC${local}, then since the start of the run.</p>`,
      filterHtml(),
      ...phases,
      '</section>',
    ].join('\n'),
  ];
}

function badge(visit: Visit | undefined): string {
  if (visit === undefined || visit.state === 'current') return '';
  return ` <span class="state ${className(visit.state)}">${VISIT_WORD[visit.state]}</span>`;
}

function timeHtml(...match: readonly unknown[]): string {
  const { utc, local, since } = match.at(-1) as Readonly<Record<string, string | undefined>>;
  const here = local === undefined ? '' : ` <span class="local">(${local})</span>`;
  return `<li class="entry"><span class="time"><time>${utc}</time>${here} <span class="since">${since}</span></span> `;
}

function filterHtml(): string {
  const choices = [['all', 'Everything'], ...Object.entries(PHASE_NAMES)].map(([id, name]) => {
    const checked = id === 'all' ? ' checked' : '';
    return `<label><input type="radio" name="phase" id="phase-${id}" value="${id}"${checked}> ${name}</label>`;
  });
  return `<fieldset class="filter"><legend>Show</legend>${choices.join('')}</fieldset>`;
}

type PhaseBlocks = { readonly phase: string; readonly shown: string[] };

/** Groups the blocks by phase; those before the first phase belong to none. */
function phasesOf(blocks: readonly string[]): readonly PhaseBlocks[] {
  const phases: PhaseBlocks[] = [{ phase: 'none', shown: [] }];
  const ids = new Map(Object.entries(PHASE_NAMES).map(([id, name]) => [`### ${name}`, id]));
  for (const block of blocks) {
    const phase = ids.get(block);
    if (phase !== undefined) phases.push({ phase, shown: [block] });
    else phases.at(-1)?.shown.push(block);
  }
  return phases;
}
