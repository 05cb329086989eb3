import type { RecordedEvent } from '#events/log/event.ts';
import { conclusionOf } from '#events/view/conclusion.ts';
import { code, text } from '../markdown/text.ts';
import { changesSection } from './blocks/changes.ts';
import { closingSections } from './blocks/closing.ts';
import { headerSection, recordSection } from './blocks/header.ts';
import { integritySection } from './blocks/integrity.ts';
import { runbookSection } from './blocks/runbook.ts';
import { timelineSection } from './blocks/timeline.ts';
import { type TranscriptOptions, type TranscriptRun, transcriptRun } from './run.ts';

/**
 * Returns the transcript of a run as Markdown: what was seen, decided, and why. Pure: the same
 * events and options yield the same text. Event texts are escaped, so that none can act as Markdown
 * or HTML, or reach a terminal as a control character.
 */
export function transcriptMarkdown(
  records: readonly RecordedEvent[],
  options: TranscriptOptions,
): string {
  const run = transcriptRun(records, options);
  const blocks = run === undefined ? ['# A run without a start'] : sections(run);
  return joined([...blocks, ...integritySection(records, options.verified)]);
}

function sections(run: TranscriptRun): readonly string[] {
  return [
    ...headerSection(run),
    ...findingsSection(run),
    ...changesSection(run),
    ...timelineSection(run),
    ...closingSections(run),
    ...recordSection(run),
    ...runbookSection(run),
  ];
}

/** Returns the section on the findings. */
export function findingsSection({ view, times }: TranscriptRun): readonly string[] {
  const { causes } = conclusionOf(view);
  const findings = view.findings.map((finding) => {
    const said = text(finding.text);
    const shown = causes.includes(finding) ? `**Cause: ${said}**` : said;
    return `- ${times.at(finding.at)} · ${shown} (${code(finding.step)})`;
  });
  return ['## Findings', findings.length === 0 ? 'None.' : findings.join('\n')];
}

/**
 * Joins blocks to one text: items of one list are adjacent, all else is separated by a blank line.
 */
export function joined(blocks: readonly string[]): string {
  const isItem = (block: string | undefined) => block?.startsWith('- ') ?? false;
  return blocks
    .map((block, index) => {
      if (index === 0) return block;
      return `${isItem(block) && isItem(blocks[index - 1]) ? '\n' : '\n\n'}${block}`;
    })
    .join('')
    .concat('\n');
}
