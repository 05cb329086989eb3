import type { LiveOutput } from '#events/log/live.ts';
import { jumpTargets } from '#events/view/jump-targets.ts';
import { isOpening } from '#events/view/opening.ts';
import { inputsAt, stepOf } from '#events/view/place-in-run.ts';
import type { RunView, StepView } from '#events/view/run-view.ts';
import { shownStep } from '#events/view/shown-step.ts';
import { type Choice, intentOf } from '#events/wording/choices.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { inputText } from '#runbook/model/input-text.ts';
import { detailBlocks, filesOf, outputBlocks } from '../draw/output-blocks.ts';
import { helpLines } from '../overlays/help.ts';
import { finishedPane } from '../panes/finished.ts';
import { runbookBlocks } from '../panes/opening.ts';
import {
  type EditedInput,
  type EntryFor,
  only,
  type Pressed,
  type RunDocument,
  type ScreenState,
  send,
} from './screen-state.ts';
import { EMPTY_INPUT, inputOf } from './text-input.ts';

/** Returns the state with a prompt for a line of text. */
export function openEntry(
  state: ScreenState,
  purpose: EntryFor,
  question: string,
  required: boolean,
): ScreenState {
  return {
    ...state,
    overlay: { kind: 'entry', for: purpose, question, required, input: EMPTY_INPUT },
  };
}

/** Returns the state after a choice: it is carried out, or its arguments are requested first. */
export function openChoice(state: ScreenState, choice: Choice, view: RunView): Pressed {
  const { name, asks } = choice;
  if (name === 'edit') {
    return only({ ...state, overlay: { kind: 'edit', cursor: 0, fields: fieldsOf(view) } });
  }
  if (name === 'jump') {
    const cursor = Math.max(
      0,
      jumpTargets(view).findIndex((step) => step.id === view.current),
    );
    return only({ ...state, overlay: { kind: 'jump', cursor } });
  }
  if (name === 'undo') return only(openUndo(state, view));
  // Nothing changes when somebody leaves a run of a team.
  if (name === 'leave' && !view.ofTeam) return only({ ...state, overlay: { kind: 'leave' } });
  if (asks !== undefined) {
    const purpose: EntryFor = { type: 'choice', name };
    return only(openEntry(state, purpose, asks.question, asks.required));
  }
  return send(state, intentOf(name, view, ''));
}

/** Asks which step to undo, or only for the reason if there is one candidate. */
function openUndo(state: ScreenState, view: RunView): ScreenState {
  const steps = (view.awaited?.undoable ?? []).toReversed();
  const [only] = steps;
  if (only !== undefined && steps.length === 1) return openUndoEntry(state, view, only);
  return { ...state, overlay: { kind: 'undo', steps, cursor: 0 } };
}

/** Returns the state with a prompt for the reason of an undo. */
export function openUndoEntry(state: ScreenState, view: RunView, step: string): ScreenState {
  return openEntry(state, { type: 'undo', step }, `Why undo “${titleOf(view, step)}”?`, true);
}

function fieldsOf(view: RunView): readonly EditedInput[] {
  return inputsAt(view, view.current ?? '').map(({ name, value, secret }) => {
    // A secret is shown as a mask, which is not an initial value.
    const before = secret || value === null ? '' : inputText(value);
    return { name, secret, before, input: inputOf(before) };
  });
}

/** Scrolls to the last line, whatever the length of the content. */
const AT_END = Number.MAX_SAFE_INTEGER;

/**
 * Opens everything that the shown step executed and returned; at the end if it is still printing.
 */
export function showOutput(
  state: ScreenState,
  view: RunView,
  live: readonly LiveOutput[],
): Pressed {
  const step = begunStep(view) ?? shownStep(view);
  const blocks = step === undefined ? [] : outputBlocks(view, step, live);
  if (step === undefined || blocks.length === 0) return only({ ...state, notice: 'no output yet' });
  const files = filesOf(blocks);
  const scroll = live.some((one) => one.step === step.id) ? AT_END : 0;
  return {
    state: {
      ...state,
      overlay: { kind: 'pager', title: step.title, blocks, scroll, query: '' },
    },
    effects: files.length === 0 ? [] : [{ type: 'read-output', files }],
  };
}

/** Opens all details of the next or current action. */
export function showDetails(state: ScreenState, view: RunView): Pressed {
  const isWhole = isOpening(view);
  const blocks = isWhole ? runbookBlocks(view) : detailBlocks(view);
  if (blocks.length === 0) return only({ ...state, notice: 'no details to show' });
  return only({
    ...state,
    overlay: {
      kind: 'pager',
      title: isWhole ? view.runbook.title : 'Details',
      blocks,
      scroll: 0,
      query: '',
    },
  });
}

/** Opens a text about the finished run. */
export function showDocument(state: ScreenState, document: RunDocument): Pressed {
  const blocks = [{ kind: 'file', file: document, text: undefined } as const];
  const title = document === 'transcript' ? 'Transcript' : 'Postmortem (draft)';
  return {
    state: { ...state, overlay: { kind: 'pager', title, blocks, scroll: 0, query: '' } },
    effects: [{ type: 'read-document', document }],
  };
}

/** Opens the keys that work now, and the legend of the signs. */
export function showHelp(state: ScreenState, view: RunView, columns: number): Pressed {
  const blocks = [{ kind: 'lines', lines: helpLines(view, columns) } as const];
  return only({
    ...state,
    overlay: { kind: 'pager', title: 'Keys', blocks, scroll: 0, query: '' },
  });
}

/** Opens a search of everything the screen knows of the run: the last page, or outputs and details. */
export function openSearch(
  state: ScreenState,
  view: RunView,
  live: readonly LiveOutput[],
  columns: number,
): Pressed {
  const step = begunStep(view) ?? shownStep(view);
  const { head, body } = finishedPane(view, columns);
  const blocks =
    view.status === 'finished'
      ? [{ kind: 'lines', lines: [...head, ...body] } as const]
      : [...detailBlocks(view), ...(step === undefined ? [] : outputBlocks(view, step, live))];
  const files = filesOf(blocks);
  const pager = { kind: 'pager', title: 'Search', blocks, scroll: 0, query: '' } as const;
  return {
    state: { ...state, overlay: { ...pager, search: EMPTY_INPUT } },
    effects: files.length === 0 ? [] : [{ type: 'read-output', files }],
  };
}

/** Returns the running step if it has started to execute something. */
function begunStep(view: RunView): StepView | undefined {
  if (view.status !== 'running') return undefined;
  const step = view.behind === undefined ? stepOf(view, view.current) : view.adhoc?.at(-1);
  return step !== undefined && outputBlocks(view, step).length > 0 ? step : undefined;
}
