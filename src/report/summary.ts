import { conclusionOf, hasChanged } from '#events/view/conclusion.ts';
import type { RunView } from '#events/view/run-view.ts';
import { changeLabel, changeText } from '#events/wording/change-text.ts';
import { elapsedMs, titleOf } from '#events/wording/phrases.ts';
import { unsaid } from '#events/wording/sentences.ts';
import { OUTCOME_FACTS } from '#runbook/model/outcomes.ts';
import { formatDuration } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';

/**
 * Returns the summary that stays in the terminal after a run: its status, its findings, the next
 * command. `on` names the server that has the run.
 */
export function summaryLines(view: RunView, on?: string): readonly string[] {
  const server = on === undefined ? '' : ` --on ${on}`;
  const { summary } = conclusionOf(view);
  // A step that ran another runbook repeats how that one ended, and a step may be visited again.
  const found = view.findings.map(({ text }) => unsaid(text, [summary]));
  return [
    headline(view),
    ...(summary === '' ? [] : [`  ${summary}`]),
    ...[...new Set(found)].filter((text) => text !== '').map((text) => `  - ${text}`),
    ...(view.changes ?? []).map(
      (change) => `  ${changeLabel(change)}: ${changeText(change, view)}`,
    ),
    ...(view.status === 'finished' && view.mode === 'live' && !hasChanged(view)
      ? ['  changed: nothing']
      : []),
    ...(view.status === 'finished'
      ? [`  runbook transcript ${view.runId}${server}`]
      : [
          `  resume:     runbook resume ${view.runId}${view.practice === undefined ? '' : ' (until the drill ends)'}`,
          `  hand over:  runbook handover ${view.runId} --to NAME`,
          `  transcript: runbook transcript ${view.runId}`,
        ]),
  ].map(harmlessLine);
}

function headline(view: RunView): string {
  const { name } = view.runbook;
  if (view.outcome !== undefined) {
    const took = formatDuration(elapsedMs(view, 0));
    const mode = view.mode === 'live' ? '' : ' · dry run: nothing was changed';
    return `${OUTCOME_FACTS[view.outcome].sign} ${name} ${view.outcome} after ${took}${mode}`;
  }
  const where = view.current === undefined ? '' : ` at “${titleOf(view, view.current)}”`;
  const { reason, why } = view.paused ?? {};
  if (why?.kind === 'operator-left') return `‖ ${name}: ${view.operator} paused it${where}`;
  return `‖ ${name} paused${where}${reason === undefined ? '' : `: ${reason}`}`;
}
