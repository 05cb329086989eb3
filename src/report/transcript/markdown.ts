import type { RecordedEvent } from '#events/log/event.ts';
import { type Block, heading, list } from '#events/telling/block.ts';
import { code, say, strong } from '#events/telling/say.ts';
import { conclusionOf } from '#events/view/conclusion.ts';
import { blocksMarkdown } from '../markdown/blocks.ts';
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
  const blocks = run === undefined ? [heading(1, 'A run without a start')] : sections(run);
  return `${blocksMarkdown([...blocks, ...integritySection(records, options.verified)])}\n`;
}

function sections(run: TranscriptRun): readonly Block[] {
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
export function findingsSection({ view, times }: TranscriptRun): readonly Block[] {
  const { causes } = conclusionOf(view);
  const findings = view.findings.map((finding) => {
    const shown = causes.includes(finding) ? strong('Cause: ', finding.text) : finding.text;
    return { at: times.at(finding.at), said: say`${shown} (${code(finding.step)})` };
  });
  return [heading(2, 'Findings'), findings.length === 0 ? 'None.' : list(findings)];
}
