import type { RunView } from '#events/view/run-view.ts';
import { EFFECT_WORD } from '#events/wording/phrases.ts';
import { commandLines, whereLine } from '../draw/command.ts';
import { BLANK, BOLD, DIM, type Line, line, wrapped } from '../draw/line.ts';
import { selectable } from '../draw/menu.ts';
import { executionLines, MIN_DATA } from '../draw/output-lines.ts';
import type { Pane } from '../draw/pane.ts';
import type { Overlay } from '../keys/screen-state.ts';
import { titleLine } from '../panes/result.ts';
import { errorLines } from '../panes/trouble.ts';

type OverlayOf<K extends Overlay['kind']> = Extract<Overlay, { readonly kind: K }>;

/** Returns the list of targets, with the cursor visible. */
export function targetPane(
  view: RunView,
  overlay: OverlayOf<'target'>,
  width: number,
  height: number,
): Pane {
  const entries = overlay.targets.map((name) => ({ title: name, note: view.targets[name] ?? '' }));
  const note = 'A read-only command runs at once. Anything else needs your confirmation.';
  return {
    head: [line('Run a command on which target?', BOLD), BLANK],
    body: selectable(entries, overlay.cursor, Math.max(1, height - 4)),
    foot: [BLANK, ...wrapped(note, width, DIM)],
  };
}

/** Returns an ad-hoc command and as much of its result as fits. */
export function saidPane(
  view: RunView,
  overlay: OverlayOf<'said'>,
  width: number,
  height: number,
): Pane {
  const command = view.adhoc?.find(({ id }) => id === overlay.step);
  if (command === undefined) return { head: [], body: [], foot: [] };
  const execution = command.executions.at(-1);
  const { error } = command;
  const head = [titleLine(command, width), line(EFFECT_WORD[command.effect], DIM), BLANK];
  const ran: readonly Line[] = [
    ...(command.state === 'simulated' ? wrapped('dry run: nothing was run', width) : []),
    ...(error === undefined ? [] : [...errorLines(error, view, width), BLANK]),
    ...(execution === undefined
      ? []
      : [...commandLines(execution.action, width), whereLine(execution.action), BLANK]),
  ];
  const room = Math.max(MIN_DATA, height - head.length - ran.length);
  const gave = execution === undefined ? [] : executionLines(execution, width, room);
  return { head, body: [...ran, ...gave], foot: [] };
}
