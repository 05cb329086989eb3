import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { foldEvent } from '#events/view/fold.ts';
import type { GateView, RunView } from '#events/view/run-view.ts';
import { aheadText } from '#events/wording/count-words.ts';
import { undoText } from '#events/wording/phrases.ts';
import { readCases } from '#rehearsal/cases/read.ts';
import { rehearse } from '#rehearsal/rehearse.ts';
import { stageOf } from '#rehearsal/stage.ts';
import { lineText } from '#ui/draw/line.ts';
import { OPENED, stateFor } from '#ui/keys/screen-state.ts';
import { drawFrame } from '#ui/panes/frame.ts';
import { sha256, shipped } from '../../fixtures/compiled.ts';

const folder = new URL('../../../runbooks/', import.meta.url);
const library = readdirSync(folder)
  .filter((file) => file.endsWith('.test.yaml'))
  .map((file) => file.replace('.test.yaml', ''))
  // The gates of triage are those of the runbooks it opens.
  .filter((name) => name !== 'triage');

/** Returns each destructive gate that the cases of a shipped runbook open, with the run at it. */
function destructiveGates(name: string): readonly (readonly [RunView, GateView])[] {
  const runbook = shipped(name);
  const text = readFileSync(new URL(`${name}.test.yaml`, folder), 'utf8');
  const cases = readCases({ file: name, text }, runbook);
  if (!cases.ok) throw new Error(`the cases of ${name} are not valid`);
  const stage = stageOf(runbook, sha256);
  return cases.value.cases.flatMap((one) => {
    const gates: (readonly [RunView, GateView])[] = [];
    let view: RunView | undefined;
    for (const event of rehearse(stage, one).events) {
      view = foldEvent(view, event);
      const { gate, awaited } = view;
      if (event.event.type !== 'operator.awaited' || awaited?.for !== 'gate') continue;
      if (gate?.level === 'type') gates.push([view, gate]);
    }
    return gates;
  });
}

/** Returns the words of a text, without frames and wraps. */
function words(text: string): string {
  return text.replaceAll(/[║│\s]+/g, ' ').trim();
}

test.each(library)(
  'the first page of every destructive gate of %s has what matters most, at 80 by 24',
  (name) => {
    for (const [view, gate] of destructiveGates(name)) {
      const input = { view, live: [], now: Date.parse(view.startedAt), columns: 80, rows: 24 };
      const frame = drawFrame({ ...input, state: stateFor(OPENED, view) });
      const page = words(frame.lines.map(lineText).join('\n'));
      const { action, preview, warning } = gate;
      expect(page).toContain(words(gate.title).slice(0, 60));
      expect(page).toContain(action.where.replace(/^\S*\//, ''));
      expect(page).toContain(words(action.text.split('\n')[0] ?? '').slice(0, 50));
      if (preview !== undefined)
        expect(page).toContain(words(aheadText(action, preview.rows.length)));
      expect(page).toContain(words(undoText(gate)).slice(0, 60));
      if (warning !== undefined) expect(page).toContain(words(warning));
    }
  },
  60_000,
);
