import type { ExecutionView, RunView, StepView, TimerView } from '#events/view/run-view.ts';
import { sparedTexts } from '#events/wording/row-words.ts';
import { formatSeconds } from '#text/duration.ts';
import { type Line, line, rule, WARN, wrapped } from '../draw/line.ts';

const PART_WORD = {
  action: 'running',
  preview: 'reading the preview',
  recheck: 'reading the rows again before acting',
  verify: 'checking',
  undo: 'undoing',
} as const;

/** Returns the progress of a step: the attempt or check, its condition, and what comes next. */
export function progressLines(
  step: StepView,
  timer: TimerView | undefined,
  width: number,
  now: number,
): readonly Line[] {
  const execution = step.executions.at(-1);
  if (execution === undefined) return [];
  const word = execution.action.kind === 'wait' ? 'waiting' : PART_WORD[execution.part];
  const doing = timer?.for === 'retry' ? 'failed, will be retried' : word;
  return [
    rule(width, `${doing}${countText(step, execution)}`),
    ...sparedLines(step, width),
    ...untilLines(step, execution, width, now),
    ...(timer === undefined
      ? []
      : [line(`${nextText(step, timer)} in ${leftText(timer, now)}`, WARN)]),
  ];
}

/** Rows that were confirmed and then spared because they had changed. */
function sparedLines({ spared = [] }: StepView, width: number): readonly Line[] {
  return spared
    .flatMap(({ rows, columns }) => sparedTexts(rows, columns))
    .flatMap((text) => wrapped(`Spared: ${text}`, width, WARN));
}

/** Returns the elapsed time of the current execution and its limit; nothing if nothing runs. */
export function elapsedText(step: StepView, now: number): string {
  const execution = step.executions.at(-1);
  if (execution?.status !== 'running') return '';
  const took = now - Date.parse(execution.startedAt);
  const { pauseMs, timeoutMs } = step.limits ?? {};
  if (pauseMs !== undefined)
    return `${formatSeconds(Math.ceil((pauseMs - took) / 1000) * 1000)} left`;
  const isLimited = timeoutMs !== undefined && execution.part === 'action';
  return `${formatSeconds(took)}${isLimited ? ` of ${formatSeconds(timeoutMs)}` : ''}`;
}

/** Returns the condition of the checks, their elapsed time and their limit. */
function untilLines(
  step: StepView,
  { part }: ExecutionView,
  width: number,
  now: number,
): readonly Line[] {
  const { until, withinMs } = step.limits ?? {};
  const first = step.executions.find((one) => one.part === 'verify');
  if (part !== 'verify' || until === undefined || first === undefined) return [];
  const took = formatSeconds(now - Date.parse(first.startedAt));
  const most = withinMs === undefined ? '' : ` of ${formatSeconds(withinMs)} at most`;
  return wrapped(`until ${until} · ${took}${most}`, width);
}

function countText(step: StepView, execution: ExecutionView): string {
  if (execution.part === 'verify') return ` · check ${checks(step)}`;
  return execution.attempt > 1 ? ` · ${attemptText(step, execution.attempt)}` : '';
}

function checks({ executions }: StepView): number {
  return executions.filter(({ part }) => part === 'verify').length;
}

function nextText(step: StepView, timer: TimerView): string {
  return timer.for === 'retry' ? attemptText(step, timer.attempt) : `check ${checks(step) + 1}`;
}

function attemptText({ limits }: StepView, attempt: number): string {
  const all = limits?.attempts;
  return `attempt ${attempt}${all === undefined ? '' : ` of ${all}`}`;
}

function leftText(timer: TimerView, now: number): string {
  const ms = Math.max(0, Date.parse(timer.at) + timer.ms - now);
  return formatSeconds(Math.ceil(ms / 1000) * 1000);
}

/** Returns the text shown after a stop was requested. */
export function stoppingLines(view: RunView, width: number): readonly Line[] {
  if (!view.stopping) return [];
  return wrapped('Stopping when this is done. Ctrl-C again cancels it now.', width, WARN);
}
