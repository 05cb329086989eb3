import type { Intent } from '#events/log/intent.ts';
import { jumpTargets } from '#events/view/jump-targets.ts';
import type { RunView } from '#events/view/run-view.ts';
import { intentOf, waysOutOf } from '#events/wording/choices.ts';
import { titleOf } from '#events/wording/phrases.ts';
import type { Key } from '../terminal/key.ts';
import { pressSaid, pressTarget } from './command.ts';
import { pressList } from './list.ts';
import { openChoice, openEntry, openUndoEntry } from './open-overlay.ts';
import { pressPager } from './pager.ts';
import {
  closed,
  type EntryFor,
  type Overlay,
  only,
  type PressContext,
  type Pressed,
  type ScreenState,
  send,
  unknownKey,
} from './screen-state.ts';
import { edit, editLines, textOf } from './text-input.ts';

type OverlayOf<K extends Overlay['kind']> = Extract<Overlay, { readonly kind: K }>;

/** Handles a key in an overlay. */
export function pressOverlay(
  state: ScreenState,
  overlay: Overlay,
  key: Key,
  context: PressContext,
): Pressed {
  const isInterrupt = key.name === 'ctrl' && key.letter === 'c';
  if (isInterrupt && overlay.kind === 'stop') return leave(state, context.view);
  if (isInterrupt) return only(closed(state));
  switch (overlay.kind) {
    case 'entry':
      return pressEntry(state, overlay, key, context.view);
    case 'pager':
      return pressPager(state, overlay, key, context);
    case 'jump':
      return pressJump(state, overlay, key, context.view);
    case 'undo':
      return pressUndo(state, overlay, key, context.view);
    case 'edit':
      return pressEdit(state, overlay, key);
    case 'target':
      return pressTarget(state, overlay, key, context.view);
    case 'said':
      return pressSaid(state, overlay, key, context);
    case 'stop':
      return pressStopMenu(state, key, context.view);
    case 'leave':
      return key.name === 'text' && key.text === 'y'
        ? leave(state, context.view)
        : only(closed(state));
  }
}

function pressEntry(
  state: ScreenState,
  overlay: OverlayOf<'entry'>,
  key: Key,
  view: RunView,
): Pressed {
  if (key.name === 'escape') return only(closed(state));
  if (key.name === 'enter') {
    const text = textOf(overlay.input).trim();
    if (text === '' && overlay.required) {
      return only({ ...state, notice: 'a reason is required' });
    }
    const after =
      overlay.for.type === 'note' ? { ...closed(state), notice: 'noted' } : closed(state);
    return send(after, entryIntent(overlay.for, view, text));
  }
  const input = editLines(overlay.input, key);
  return only(input === undefined ? state : { ...state, overlay: { ...overlay, input } });
}

function entryIntent(purpose: EntryFor, view: RunView, text: string): Intent {
  switch (purpose.type) {
    case 'note':
      return { type: 'note', text };
    case 'adhoc':
      return { type: 'adhoc', target: purpose.target, text };
    case 'choice':
      return intentOf(purpose.name, view, text);
    case 'jump':
    case 'undo':
      return { type: purpose.type, step: purpose.step, reason: text };
    case 'choose':
      return { type: 'choose', clause: purpose.clause, reason: text };
  }
}

function pressJump(
  state: ScreenState,
  overlay: OverlayOf<'jump'>,
  key: Key,
  view: RunView,
): Pressed {
  const steps = jumpTargets(view);
  const moved = pressList(
    overlay,
    key,
    steps.map(({ title }) => title),
  );
  if (moved !== undefined) return only({ ...state, overlay: moved });
  const step = steps[overlay.cursor];
  if (key.name === 'escape' || (key.name === 'enter' && step === undefined))
    return only(closed(state));
  if (key.name !== 'enter' || step === undefined) return unknownKey(state);
  const question = `Why go to “${step.title}”? (optional)`;
  return only(openEntry(state, { type: 'jump', step: step.id }, question, false));
}

function pressUndo(
  state: ScreenState,
  overlay: OverlayOf<'undo'>,
  key: Key,
  view: RunView,
): Pressed {
  const titles = overlay.steps.map((id) => titleOf(view, id));
  const moved = pressList(overlay, key, titles);
  if (moved !== undefined) return only({ ...state, overlay: moved });
  const step = overlay.steps[overlay.cursor];
  if (key.name === 'enter' && step !== undefined) return only(openUndoEntry(state, view, step));
  return key.name === 'escape' ? only(closed(state)) : unknownKey(state);
}

function pressEdit(state: ScreenState, overlay: OverlayOf<'edit'>, key: Key): Pressed {
  const last = overlay.fields.length - 1;
  const to = (cursor: number) => only({ ...state, overlay: { ...overlay, cursor } });
  if (key.name === 'escape') return only(closed(state));
  if (key.name === 'up') return to(Math.max(0, overlay.cursor - 1));
  if (key.name === 'down' || key.name === 'tab') return to(Math.min(last, overlay.cursor + 1));
  if (key.name === 'enter') {
    const changed = overlay.fields
      .map(({ name, before, input }) => [name, before, textOf(input)] as const)
      .filter(([, before, text]) => text !== before);
    if (changed.length === 0) return only({ ...state, notice: 'no input was changed' });
    const inputs = Object.fromEntries(changed.map(([name, , text]) => [name, text]));
    return send(closed(state), { type: 'edit', inputs });
  }
  const field = overlay.fields[overlay.cursor];
  const input = field === undefined ? undefined : edit(field.input, key);
  if (field === undefined || input === undefined) return only(state);
  const fields = overlay.fields.with(overlay.cursor, { ...field, input });
  return only({ ...state, overlay: { ...overlay, fields } });
}

function pressStopMenu(state: ScreenState, key: Key, view: RunView): Pressed {
  const letter = key.name === 'text' ? key.text : '';
  const way = waysOutOf(view).find((one) => one.key === letter);
  const leaves = way?.name === 'leave' || (view.ofTeam && letter === 'q');
  if (leaves) return leave(state, view);
  if (letter === 's' && view.ofTeam && view.status === 'running')
    return send(closed(state), { type: view.stopping ? 'cancel' : 'stop' });
  return way === undefined ? only(closed(state)) : openChoice(closed(state), way, view);
}

function leave(state: ScreenState, view: RunView): Pressed {
  return view.ofTeam || waysOutOf(view).some(({ name }) => name === 'leave')
    ? send(closed(state), { type: 'leave' })
    : only({ ...closed(state), notice: 'the run cannot be paused now' });
}
