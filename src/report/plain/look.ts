import { messageOf } from '#errors.ts';
import type { RunHandle } from '#events/log/run-handle.ts';
import { stepOf, stepsInside } from '#events/view/place-in-run.ts';
import type { ExecutionView, RunView, StepView } from '#events/view/run-view.ts';
import { shownStep } from '#events/view/shown-step.ts';
import { EFFECT_WORD, errorName, itemText, STATE_SIGN, titleOf } from '#events/wording/phrases.ts';
import { rowsOf } from '#events/wording/table-layout.ts';
import { counted } from '#text/count.ts';
import { harmless, harmlessLine } from '#text/harmless.ts';
import { awaitedLines, gateLines } from './asked.ts';
import { type PlainLine, styled, timed, under } from './line.ts';
import { actionTexts, tableTexts } from './result.ts';

/**
 * Returns all details of what the run waits for, every row of a gate included, and the findings so
 * far.
 */
export function detailLines(view: RunView, columns: number): readonly PlainLine[] {
  const found = view.findings.map(({ at, step, text }) =>
    timed(at, `found: ${text} (${titleOf(view, step)})`),
  );
  return [...presentLines(view, columns), ...found];
}

function presentLines(view: RunView, columns: number): readonly PlainLine[] {
  const { awaited, gate } = view;
  if (gate !== undefined)
    return gateLines({ ...gate, type: 'gate.opened' }, gate.at, columns, { isWhole: true });
  const step = stepOf(view, awaited?.step ?? view.current);
  if (awaited === undefined || step === undefined) return [];
  const ran = awaited.action === undefined ? step.executions.at(-1)?.action : undefined;
  return [
    styled(harmlessLine(`${step.title} (${EFFECT_WORD[step.effect]})`), 'bold'),
    ...under(step.why === undefined ? [] : harmless(step.why).split('\n')),
    ...(ran === undefined ? [] : under([`on ${ran.where}`, ...actionTexts(ran)])),
    ...awaitedLines({ ...awaited, type: 'operator.awaited' }, view, awaited.at),
  ];
}

/** Returns the complete rows and output of the step on display, at full width. */
export async function fullOutputLines(
  run: Pick<RunHandle, 'view' | 'readOutput'>,
): Promise<readonly PlainLine[]> {
  const view = run.view();
  const step = shownStep(view);
  const lines = step === undefined ? [] : await linesOf(run, view, step);
  return lines.length === 0 ? [styled('no output yet')] : lines;
}

async function linesOf(
  run: Pick<RunHandle, 'readOutput'>,
  view: RunView,
  step: StepView,
): Promise<readonly PlainLine[]> {
  const own = await Promise.all(step.executions.map((one) => executionLines(run, one)));
  const inside = await Promise.all(
    stepsInside(view, step.id).map((one) => linesOf(run, view, one)),
  );
  const lines = [...own, ...inside].flat();
  const title = styled(harmlessLine(`${STATE_SIGN[step.state]} ${step.title}`), 'bold');
  return lines.length === 0 ? [] : [title, ...lines];
}

async function executionLines(
  run: Pick<RunHandle, 'readOutput'>,
  { part, attempt, item, startedAt, error, result, outputs }: ExecutionView,
): Promise<readonly PlainLine[]> {
  const which = item === undefined ? '' : ` · ${itemText(item)}`;
  const table = rowsOf(result);
  const all = Number.MAX_SAFE_INTEGER;
  const files = await Promise.all(
    outputs
      .filter(({ bytes }) => bytes > 0)
      .map(async ({ stream, file, bytes, droppedBytes }) => {
        const dropped = droppedBytes > 0 ? `, ${counted(droppedBytes, 'more byte')} not kept` : '';
        const text = await run
          .readOutput(file)
          .catch((error: unknown) => `cannot be read: ${messageOf(error)}`);
        return [
          `${stream}: ${counted(bytes, 'byte')}${dropped}`,
          ...harmless(text).trimEnd().split('\n'),
        ];
      }),
  );
  return [
    timed(startedAt, `${attempt > 1 ? `${part} ${attempt}` : part}${which}`),
    ...under(error === undefined ? [] : [`${errorName(error)}: ${error.message}`]),
    ...under(table === undefined ? [] : tableTexts(table, all, { most: all })),
    ...under(files.flat()),
  ];
}
