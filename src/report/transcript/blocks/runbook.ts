import { counted } from '#text/count.ts';
import { fence, folded } from '../../markdown/text.ts';
import type { TranscriptRun } from '../run.ts';

/**
 * Returns the section with the text of the runbook at the start of the run; none if it is missing.
 */
export function runbookSection({ started, options }: TranscriptRun): readonly string[] {
  const { runbookText } = options;
  if (runbookText === undefined) return [];
  const lines = counted(runbookText.trimEnd().split('\n').length, 'line');
  return [
    '## Runbook',
    'The text at the start of the run:',
    folded(`${started.runbook.file}, ${lines}`, fence(runbookText, 'yaml')),
  ];
}
