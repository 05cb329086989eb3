import { type Block, isElement } from '#events/telling/block.ts';
import { PHASE_NAMES } from '#events/wording/phrases.ts';
import type { Entry } from '../blocks/timeline.ts';
import type { TranscriptRun } from '../run.ts';
import { type Visit, visitsOf } from '../visits.ts';
import { blocksHtml, saidHtml } from './blocks.ts';
import { className, VISIT_WORD } from './picture.ts';
import { html, type RuleOf } from './text.ts';

/** Returns the section of the timeline, with a filter by phase that works without the script. */
export function timelineHtml(
  entries: readonly Entry[],
  run: TranscriptRun,
  ruleOf: RuleOf,
): string {
  const { options } = run;
  const zone = options.timeZone === undefined || options.timeZone === 'UTC' ? '' : options.timeZone;
  const local = zone === '' ? '' : `, in brackets in ${html(zone)}`;
  const visits = [...visitsOf(run)];
  const shown = entries.map(({ phase, title, blocks }) => {
    const start =
      phase === undefined
        ? ''
        : `</div>\n<div class="stretch" data-phase="${phase}">\n<h3>${PHASE_NAMES[phase]}</h3>\n`;
    const name = title && `<h4>${saidHtml(title, ruleOf)}${badge(visits.shift())}</h4>\n`;
    return `${start}${name ?? ''}${blocksHtml(blocks, ruleOf)}\n`;
  });
  // Times on another day start with their date.
  const isLong = entries.some(({ blocks }) => blocks.some(isOfOtherDay));
  return [
    `<section id="timeline"${isLong ? ' class="days"' : ''}>`,
    '<h2>Timeline</h2>',
    `<p class="hint">Times are in UTC${local}, then since the start of the run.</p>`,
    filterHtml(),
    `<div class="stretch" data-phase="none">\n${shown.join('')}</div>`,
    '</section>',
  ].join('\n');
}

function isOfOtherDay(block: Block): boolean {
  return isElement(block, 'list') && block.items.some(({ at }) => at?.utc.includes('-'));
}

function badge(visit: Visit | undefined): string {
  if (visit === undefined || visit.state === 'current') return '';
  return ` <span class="state ${className(visit.state)}">${VISIT_WORD[visit.state]}</span>`;
}

function filterHtml(): string {
  const choices = [['all', 'Everything'], ...Object.entries(PHASE_NAMES)].map(([id, name]) => {
    const checked = id === 'all' ? ' checked' : '';
    return `<label><input type="radio" name="phase" id="phase-${id}" value="${id}"${checked}> ${name}</label>`;
  });
  return `<fieldset class="filter"><legend>Show</legend>${choices.join('')}</fieldset>`;
}
