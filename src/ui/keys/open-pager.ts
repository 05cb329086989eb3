import type { LiveOutput } from '#events/log/live.ts';
import { stepOf } from '#events/view/place-in-run.ts';
import type { RunView, StepView } from '#events/view/run-view.ts';
import { shownStep } from '#events/view/shown-step.ts';
import { detailBlocks, filesOf, outputBlocks } from '../draw/output-blocks.ts';
import type { Pressed, ScreenState } from './screen-state.ts';

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
  if (step === undefined || blocks.length === 0)
    return { state: { ...state, notice: 'there is no output yet' }, effects: [] };
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
  const blocks = detailBlocks(view);
  if (blocks.length === 0)
    return { state: { ...state, notice: 'there is nothing more to show' }, effects: [] };
  return {
    state: { ...state, overlay: { kind: 'pager', title: 'Details', blocks, scroll: 0, query: '' } },
    effects: [],
  };
}

/** Returns the running step if it has started to execute something. */
function begunStep(view: RunView): StepView | undefined {
  if (view.status !== 'running') return undefined;
  const step = view.behind === undefined ? stepOf(view, view.current) : view.adhoc?.at(-1);
  return step !== undefined && outputBlocks(view, step).length > 0 ? step : undefined;
}
