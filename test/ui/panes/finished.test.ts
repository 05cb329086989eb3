import { expect, test } from 'vitest';
import { finishedPane } from '#ui/panes/finished.ts';
import { type EventLog, viewOf } from '../../fixtures/event-log.ts';
import { insideChild, sideBySide } from '../../fixtures/inside-log.ts';
import * as story from '../../fixtures/pool-exhausted-log.ts';

const declined = story.atGate.add(
  {
    type: 'gate.answered',
    ...{ step: 'terminate_idle', answer: 'declined', operator: 'ana', digest: 'sha256:9b1e' },
  },
  {
    type: 'step.settled',
    ...{ step: 'terminate_idle', status: 'failed' },
    error: { kind: 'declined', message: 'declined by ana' },
  },
);

/** The text of the end page, with single spaces. */
function endPage(outcome: 'resolved' | 'escalated', summary: string, unchecked = ''): string {
  const left = unchecked === '' ? {} : { unchecked };
  return pageOf(declined.add({ type: 'run.finished', outcome, summary, ...left }));
}

test('a change that was declined is not left to do once the incident is resolved without it', () => {
  const page = endPage('resolved', 'The pool works.');
  expect(page).toMatch(/Not done “[^”]+”: declined Now/);
  expect(page).not.toContain('To do');
  expect(endPage('escalated', 'Someone else has to.')).toMatch(/To do “[^”]+” was declined\./);
});

test('what was not checked is to do, and not told twice', () => {
  const open = 'The application itself was not checked: check its log.';
  const page = endPage('resolved', `The URL logs in. ${open}`, open);
  expect(page).toMatch(/Now .*The URL logs in\. To do The application itself was not checked: /);
  expect(page.split(open)).toHaveLength(2);
});

test('what to try next is what the end names, else what the last opened runbook named', () => {
  const end = (named: { continue_with?: string }, own: { continue_with?: string } = {}) =>
    pageOf(
      insideChild.add(
        {
          ...{ type: 'child.finished', step: 'pool', outcome: 'escalated', findings: [] },
          ...{ summary: 'The pool is as full as before.', ...named },
        },
        { type: 'run.finished', outcome: 'escalated', summary: 'No luck.', ...own },
      ),
    );
  const opened = end({ continue_with: 'slow' });
  expect(opened).toContain('Try next runbook run slow ──');
  expect(end({ continue_with: 'slow' }, { continue_with: 'triage' })).toContain(
    'Try next runbook run triage ──',
  );
  // The runbook that did not help, and that names no other, is no way on.
  expect(end({})).not.toContain('Try next');
  // What a run that could have opened others has found healthy is no way on.
  const ruledOut = sideBySide.add({ type: 'run.finished', outcome: 'escalated', summary: '' });
  expect(pageOf(ruledOut)).not.toContain('Try next');
  const alone = story.atGate.add({ type: 'run.finished', outcome: 'escalated', summary: '' });
  expect(pageOf(alone)).toContain('Related runbook run too-many-connections runbook run timeout');
  expect(pageOf(alone)).not.toContain('Try next');
});

function pageOf(log: EventLog): string {
  const { body } = finishedPane(viewOf(log), 100);
  const texts = body.map((line) => line.map(({ text }) => text).join(''));
  return texts.join(' ').replaceAll(/\s+/g, ' ');
}
