import type { RunView } from '#events/view/run-view.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { timeOfDay } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { Block } from '../draw/block.ts';

/** Returns all findings so far, with their time and step. */
export function foundBlocks(view: RunView): readonly Block[] {
  if (view.findings.length === 0) return [];
  return [
    { kind: 'heading', text: 'Found so far' },
    {
      kind: 'text',
      text: view.findings
        .map(({ at, step, text }) => `${timeOfDay(at)} ${text} (${titleOf(view, step)})`)
        .map(harmlessLine)
        .join('\n'),
    },
  ];
}
