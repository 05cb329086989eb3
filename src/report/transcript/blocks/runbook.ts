import { type Block, fold, heading } from '#events/telling/block.ts';
import { counted } from '#text/count.ts';
import type { TranscriptRun } from '../run.ts';

/**
 * Returns the section with the text of the runbook at the start of the run; none if it is missing.
 */
export function runbookSection({ started, options }: TranscriptRun): readonly Block[] {
  const { runbookText } = options;
  if (runbookText === undefined) return [];
  const lines = counted(runbookText.trimEnd().split('\n').length, 'line');
  return [
    heading(2, 'Runbook'),
    'The text at the start of the run:',
    fold(`${started.runbook.file}, ${lines}`, [
      { kind: 'code', language: 'yaml', text: runbookText },
    ]),
  ];
}
