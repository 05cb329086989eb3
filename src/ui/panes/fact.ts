import { QUESTIONS } from '#events/telling/question.ts';
import type { RunView, StepView } from '#events/view/run-view.ts';
import { changeRowsText } from '#events/wording/change-text.ts';
import { errorText, valueText } from '#events/wording/phrases.ts';
import { unsaid } from '#events/wording/sentences.ts';
import { shownState } from '#events/wording/step-state.ts';
import { rowsOf } from '#events/wording/table-layout.ts';
import { endsIncident } from '#runbook/model/outcomes.ts';
import { counted } from '#text/count.ts';
import { timeOfDay } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import { lastLine } from '../draw/output-lines.ts';

/** The columns of a single row that are told in a few words. */
const FEW_COLUMNS = 3;

/** Stands for a fact that is said above the steps. */
const ABOVE = 'see above';

/**
 * Returns the one fact about a step that mattered: its finding, else the decision of the operator,
 * else its result in a few words. Empty if there is none. Leaves out the sentences of `said`.
 */
export function factOf(step: StepView, view: RunView, said: readonly string[] = []): string {
  const told = toldFact(step, view, (text) => unsaid(text, said) || ABOVE);
  const { endedAt } = step;
  if (!isHistory(step, view) || told === '' || endedAt === undefined) return told;
  return `at ${timeOfDay(endedAt)}: ${told}`;
}

function toldFact(step: StepView, view: RunView, rest: (text: string) => string): string {
  const { branch, child, answer, evidence, skippedBecause, error, items } = step;
  if (view.awaited?.step === step.id)
    return view.awaited.for === 'start' ? '' : QUESTIONS[view.awaited.for].state;
  if (step.state === 'waiting' || step.state === 'current') return '';
  if (branch?.finding !== undefined) return harmlessLine(rest(branch.finding));
  if (child?.end !== undefined)
    return harmlessLine(`${child.end.outcome}: ${rest(child.end.summary)}`);
  if (skippedBecause !== undefined) return harmlessLine(`skipped: ${skippedBecause}`);
  if (answer !== undefined) return harmlessLine(answer);
  if (evidence !== undefined) return harmlessLine(evidence);
  if (step.state === 'running') return '';
  if (error !== undefined) return harmlessLine(errorText(error));
  if (items !== undefined) {
    const done = items.filter(({ state }) => state === 'succeeded').length;
    return `${done} of ${counted(items.at(-1)?.count ?? items.length, 'item')}`;
  }
  return changeTextOf(step, view) ?? resultText(step);
}

/** Returns what a step changed; `done` if its statement counts nothing. */
function changeTextOf({ id, state }: StepView, { changes }: RunView): string | undefined {
  const change = changes?.findLast((one) => one.step === id);
  if (change === undefined) return undefined;
  return changeRowsText(change) ?? (state === 'succeeded' ? 'done' : undefined);
}

/** Returns the result of a step's action: its only row, the number of rows, or its last line. */
function resultText(step: StepView): string {
  const action = step.executions.findLast(
    ({ part, action: { kind } }) => part === 'action' && kind !== 'connect',
  );
  const table = rowsOf(action?.result);
  if (table === undefined) return action === undefined ? '' : (lastLine(step) ?? '');
  const [row] = table.rows;
  const isFew = table.rows.length === 1 && table.columns.length <= FEW_COLUMNS;
  if (step.effect !== 'read' || row === undefined || !isFew)
    return counted(table.rows.length, 'row');
  return table.columns
    .map((name) => `${harmlessLine(name)} ${valueText(row[name] ?? null)}`)
    .join(' · ');
}

/**
 * Returns whether the failure of a step is history: something was changed after it, or the run has
 * resolved the incident.
 */
export function isHistory(step: StepView, view: RunView): boolean {
  const { endedAt = '' } = step;
  if (shownState(step) !== 'failed') return false;
  const isChanged = (view.changes ?? []).some(
    (change) => (change.state === 'succeeded' || change.state === 'by-hand') && change.at > endedAt,
  );
  return isChanged || endsIncident(view.outcome);
}
