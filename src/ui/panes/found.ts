import type { AwaitedView, FindingView, RunView } from '#events/view/run-view.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { timeOfDay } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { Block } from '../draw/block.ts';
import { BOLD, bulleted, DIM, type Line, limited, span, wrapped } from '../draw/line.ts';

/** The maximum number of lines per finding above a question. */
const LINES_EACH = 3;

/**
 * Returns the findings so far above the question that follows from them, in about `room` lines:
 * always the last one, then earlier ones as far as they fit; `key` shows them all.
 */
export function foundLines(
  { findings }: RunView,
  awaited: AwaitedView,
  width: number,
  { room, key }: { readonly room: number; readonly key: string },
): readonly Line[] {
  const [last, ...before] = findings.toReversed();
  if (last === undefined || last.step === awaited.step) return [];
  if (before.length === 0) return limited(wrapped(`found: ${last.text}`, width, BOLD), LINES_EACH);
  const shown = [bulletLines(last, width)];
  // The heading, and the line about omitted findings.
  let left = room - 2 - (shown[0]?.length ?? 0);
  for (const finding of before) {
    const lines = bulletLines(finding, width);
    left -= lines.length;
    if (left < 0) break;
    shown.unshift(lines);
  }
  const hidden = findings.length - shown.length;
  const more = hidden === 0 ? '' : ` · ${key} shows all ${findings.length}`;
  return [[span('Found so far', BOLD), span(more, DIM)], ...shown.flat()];
}

function bulletLines({ text }: FindingView, width: number): readonly Line[] {
  return limited(bulleted(span('• ', DIM), text, width), LINES_EACH);
}

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
