import { expect, test } from 'vitest';
import { handoverLines } from '#report/handover/brief.ts';
import { plainLines } from '#report/plain/event.ts';
import { summaryLines } from '#report/summary.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { postmortemMarkdown } from '#report/transcript/postmortem.ts';
import { finishedPane } from '#ui/panes/finished.ts';
import { viewOf } from '../fixtures/event-log.ts';
import { terminating } from '../fixtures/pool-exhausted-log.ts';

const error = { kind: 'refused', phase: 'tcp', message: 'nothing listens on port 5432' } as const;

/** The server is gone between the confirmation and the statement. */
const unsent = terminating.add(
  {
    ...{ type: 'step.finished', step: 'terminate_idle', part: 'action', attempt: 1, visit: 1 },
    ...{ status: 'failed', ms: 3, outputs: [], error },
  },
  { type: 'step.settled', step: 'terminate_idle', status: 'failed', error },
  { type: 'run.finished', outcome: 'escalated', summary: 'The server is gone.' },
);

test('a change that was never sent is told as that everywhere, and nowhere as a change', () => {
  const view = viewOf(unsent);
  const outputs = () => undefined;
  const page = finishedPane(view, 100)
    .body.map((line) => line.map(({ text }) => text).join(''))
    .join(' ')
    .replaceAll(/\s+/g, ' ');
  expect(page).toMatch(
    /Changed nothing Not done End sessions [^·]*· not sent, nothing was changed/,
  );
  expect(summaryLines(view).join('\n')).toMatch(/^ {2}not changed: End sessions .*not sent/m);
  expect(summaryLines(view)).toContain('  changed: nothing');
  const transcript = transcriptMarkdown(unsent.events, { outputs });
  expect(transcript).toMatch(/Changed: nothing\n- Not changed: End sessions .*not sent/);
  expect(transcript).toContain('End sessions that have been idle too long (not sent)');
  expect(transcript).toMatch(/\*\*not sent\*\*: .*nothing listens on port 5432/);
  const postmortem = postmortemMarkdown(unsent.events, { outputs });
  expect(postmortem).toContain('End sessions that have been idle too long (not sent)');
  const finished = unsent.events.findLast(({ event }) => event.type === 'step.finished');
  const plain = finished && plainLines(finished, { view, columns: 80, shown: undefined });
  expect(plain?.map(({ text }) => text).join('\n')).toContain('not sent after 3 ms');
  const handover = handoverLines(unsent.events, { columns: 200 }).map(({ text }) => text);
  expect(handover.join('\n')).toMatch(/on db.*: not sent \(.*\), confirmed by ana/);
});

test('an undo that was never sent leaves the change as it was', () => {
  const undo = { step: 'terminate_idle', part: 'undo' } as const;
  const { changes } = viewOf(
    terminating.add(
      {
        ...{ type: 'step.finished', step: 'terminate_idle', part: 'action', attempt: 1, visit: 1 },
        ...{ status: 'succeeded', ms: 3, outputs: [], result: {} },
      },
      {
        ...{ type: 'step.finished', ...undo, attempt: 1, visit: 1 },
        ...{ status: 'failed', ms: 3, outputs: [], error },
      },
    ),
  );
  expect(changes).toMatchObject([{ state: 'succeeded', undo: 'not-sent' }]);
});

test('a change that was ended before it began is told as not sent, whatever it is', () => {
  const ended = { kind: 'cancelled', begun: false, message: 'never started' } as const;
  const { changes } = viewOf(
    terminating.add({
      ...{ type: 'step.finished', step: 'terminate_idle', part: 'action', attempt: 1, visit: 1 },
      ...{ status: 'failed', ms: 3, outputs: [], error: ended },
    }),
  );
  expect(changes).toMatchObject([{ state: 'not-sent' }]);
});
