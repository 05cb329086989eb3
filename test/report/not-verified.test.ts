import { expect, test } from 'vitest';
import { handoverLines } from '#report/handover/brief.ts';
import { plainLines } from '#report/plain/event.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { postmortemMarkdown } from '#report/transcript/postmortem.ts';
import { finishedPane } from '#ui/panes/finished.ts';
import { viewOf } from '../fixtures/event-log.ts';
import { verifying } from '../fixtures/pool-exhausted-log.ts';

const error = { kind: 'unverified', phase: 'auth', begun: true, message: 'it is full' } as const;

/** The sessions were ended, and the last check did not pass. */
const unverified = verifying.add(
  { type: 'step.settled', step: 'terminate_idle', status: 'failed', error },
  { type: 'run.finished', outcome: 'escalated', summary: 'Somebody else has to look.' },
);

test('a change that was made and not verified is nowhere told as failed', () => {
  const view = viewOf(unverified);
  const outputs = () => undefined;
  const page = finishedPane(view, 100)
    .body.map((line) => line.map(({ text }) => text).join(''))
    .join(' ')
    .replaceAll(/\s+/g, ' ');
  expect(page).toMatch(/Changed \d\d:\d\d:\d\d End sessions/);
  expect(page).toMatch(/To do “End sessions [^”]+” was not verified\./);
  const transcript = transcriptMarkdown(unverified.events, { outputs });
  expect(transcript).toMatch(/### Action 1: End sessions .* \(not verified\)/);
  expect(transcript).toContain('Not verified: `unverified · auth` it is full');
  expect(transcript).toContain('- [ ] Not verified: “End sessions');
  const postmortem = postmortemMarkdown(unverified.events, { outputs });
  expect(postmortem).toContain('(not verified)');
  const settled = unverified.events.findLast(({ event }) => event.type === 'step.settled');
  const plain = settled && plainLines(settled, { view, columns: 80, shown: undefined });
  const handover = handoverLines(unverified.events, { columns: 200 }).map(({ text }) => text);
  expect(handover.join('\n')).toContain('not verified: “End sessions');
  const told = [page, transcript, postmortem, handover.join('\n')].join('\n');
  expect(told).not.toMatch(/End sessions[^.\n]* failed|[Ff]ailed: “End sessions/);
  expect(plain?.map(({ text }) => text).join('\n')).toMatch(
    /the step was not verified: .*it is full/,
  );
});
