import { createHash } from 'node:crypto';
import type { RecordedEvent } from '#events/log/event.ts';
import { type Block, heading, isElement } from '#events/telling/block.ts';
import { code, say } from '#events/telling/say.ts';
import { conclusionOf } from '#events/view/conclusion.ts';
import { harmlessLine } from '#text/harmless.ts';
import { changesSection } from '../blocks/changes.ts';
import { closingSections } from '../blocks/closing.ts';
import { headerSection, recordSection } from '../blocks/header.ts';
import { integritySection } from '../blocks/integrity.ts';
import { runbookSection } from '../blocks/runbook.ts';
import { timelineEntries } from '../blocks/timeline.ts';
import { findingsSection } from '../markdown.ts';
import { maskRules } from '../masks.ts';
import { milestonesTable } from '../postmortem/milestones.ts';
import { type TranscriptOptions, type TranscriptRun, transcriptRun } from '../run.ts';
import { blocksHtml, saidHtml, withNamedTables } from './blocks.ts';
import { timelinePicture } from './picture.ts';
import { HTML_SCRIPT, HTML_STYLE } from './style.ts';
import { html, type RuleOf } from './text.ts';
import { timelineHtml } from './timeline.ts';

/** The additional options of a page. */
export type HtmlOptions = TranscriptOptions & {
  /** The drawing of the runbook with the path of the run, by `svgGraph`. */
  readonly graph?: string | undefined;
};

/**
 * Returns the transcript of a run as one self-contained HTML page: the sections of the Markdown, a
 * filter, and the path of the run. It makes no requests and works without its script.
 */
export function transcriptHtml(records: readonly RecordedEvent[], options: HtmlOptions): string {
  const run = transcriptRun(records, { ...options, localTimes: true });
  const ruleOf = maskRules(records);
  const integrity = integritySection(records, options.verified);
  if (run === undefined)
    return page('A run without a start', [
      '<main>',
      blocksHtml([heading(1, 'A run without a start'), ...integrity], ruleOf),
      '</main>',
    ]);
  const milestones = [heading(2, 'Milestones'), milestonesTable(run, { hasBlanks: false })];
  const closing = [
    ...closingSections(run),
    ...recordSection(run),
    ...runbookSection(run),
    ...integrity,
  ];
  const sections = [
    ...pictured(sectionsHtml(milestones, ruleOf), timelinePicture(run)),
    ...sectionsHtml([...changesSection(run), ...findingsSection(run)], ruleOf),
    timelineHtml(timelineEntries(run), run, ruleOf),
    ...pathHtml(options.graph),
    ...sectionsHtml(closing, ruleOf),
  ];
  const recorded = say`Recorded by ${code(run.started.program)}, run ${code(run.started.runId)}`;
  return page(conclusionOf(run.view).title, [
    bannerHtml(run, ruleOf),
    contentsHtml(sections),
    '<main id="main">',
    ...sections,
    '</main>',
    `<footer>${blocksHtml([recorded], ruleOf)}</footer>`,
  ]);
}

/** Puts the picture of the run under the heading of its section. */
function pictured(sections: readonly string[], picture: string): readonly string[] {
  return sections.map((section) =>
    section.replace('</h2>', () => `</h2>\n<figure>\n${picture}\n</figure>`),
  );
}

/** The policy of a page: its own script and style, and nothing else. */
export const HTML_POLICY = [
  "default-src 'none'",
  `style-src '${digest(HTML_STYLE)}'`,
  `script-src '${digest(HTML_SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function page(title: string, body: readonly string[]): string {
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${HTML_POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${html(harmlessLine(title))}</title>`,
    `<style>${HTML_STYLE}</style>`,
    '</head>',
    '<body>',
    withNamedTables(body.join('\n')),
    `<script>${HTML_SCRIPT}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function bannerHtml(run: TranscriptRun, ruleOf: RuleOf): string {
  const outcome = run.view.outcome ?? 'unfinished';
  return [
    '<a class="skip" href="#main">Skip to the transcript</a>',
    `<header class="${html(outcome)}">`,
    blocksHtml(headerSection(run), ruleOf),
    '</header>',
  ].join('\n');
}

/** A section starts with each heading of the second level, an article with each of the third. */
function sectionsHtml(blocks: readonly Block[], ruleOf: RuleOf): readonly string[] {
  return splitAt(2, blocks).map((section) => {
    const [first, ...cards] = splitAt(3, section);
    const [title] = section;
    const name = isElement(title, 'heading') ? saidHtml(title.said, ruleOf) : '';
    return [
      `<section id="${name.toLowerCase().replaceAll(' ', '-')}">`,
      blocksHtml(first ?? [], ruleOf),
      ...cards.map((card) => `<article>\n${blocksHtml(card, ruleOf)}\n</article>`),
      '</section>',
    ].join('\n');
  });
}

/** Starts a part with each heading of a level, and with the first block. */
function splitAt(level: number, blocks: readonly Block[]): readonly (readonly Block[])[] {
  const starts = blocks.flatMap((block, index) =>
    index === 0 || (isElement(block, 'heading') && block.level === level) ? [index] : [],
  );
  return starts.map((start, index) => blocks.slice(start, starts[index + 1]));
}

const NOT_DRAWN =
  '<p>Not available: the saved runbook is missing, was altered, or is not valid in this version.</p>';

function pathHtml(graph: string | undefined): readonly string[] {
  if (graph === undefined) return [`<section id="path">\n<h2>Path</h2>\n${NOT_DRAWN}\n</section>`];
  // The page has one style sheet, which includes that of the drawing.
  const picture = graph.replace(/<style>[\s\S]*?<\/style>/, '');
  const body = `<figure class="graph" tabindex="0" role="region" aria-label="the path of the run">\n${picture}</figure>`;
  return [`<section id="path">\n<h2>Path</h2>\n${body}\n</section>`];
}

function contentsHtml(sections: readonly string[]): string {
  const links = sections.map((section) => {
    const { id = '', title = '' } =
      /^<section id="(?<id>[a-z-]+)"[^>]*>\n<h2>(?<title>[^<]+)/.exec(section)?.groups ?? {};
    return `<li><a href="#${id}">${title}</a></li>`;
  });
  return `<nav aria-label="Contents"><ul>${links.join('')}</ul></nav>`;
}
