import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { EventOf, RecordedEvent, RunEvent } from '#events/log/event.ts';
import type { RunRow } from '#events/view/run-row.ts';
import { encodeLine, hashLine, NO_LINE } from '#run/journal/line.ts';
import { importRun } from '#run/store/archive.ts';
import { runStore } from '#run/store/file/folders.ts';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Runs of an earlier build, killed at a wait. */
const RELEASED = resolve(import.meta.dirname, '../fixtures/released/12f3c40b');
const BUILD = 'runbook 0.1.0 on Node 24.21.0';

let cwd = '';
const runbook = (...args: readonly string[]) => runbookCommand(args, { cwd });
const listed = (): readonly RunRow[] => JSON.parse(runbook('runs', '--json').stdout);

beforeEach(() => {
  cwd = temporaryFolder();
});

/** Stores a run of the earlier build here, altered as another build could have written it. */
async function earlierRun(
  wait: string,
  change: (event: RunEvent) => RunEvent,
  runbookText: (text: string) => string = (text) => text,
): Promise<string> {
  const store = runStore(join(cwd, 'state'));
  const { id } = await importRun(store, createReadStream(join(RELEASED, `${wait}.runbook-run`)));
  const { journal, runbook: copy } = store.openRun(id);
  const text = runbookText(readFileSync(copy, 'utf8'));
  writeFileSync(copy, text);
  const sha256 = createHash('sha256').update(text).digest('hex');
  let prev = NO_LINE;
  const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
  const bytes = lines.map((line) => {
    const { seq, at, event } = JSON.parse(line) as RecordedEvent;
    const known =
      event.type === 'run.started' ? { ...event, runbook: { ...event.runbook, sha256 } } : event;
    const written = encodeLine({ seq, at, event: change(known) }, prev);
    prev = hashLine(written);
    return written;
  });
  writeFileSync(journal, Buffer.concat(bytes));
  return id;
}

const asItWas = (event: RunEvent) => event;

/** A gate recorded as a question that this build does not ask. */
function unlike(event: RunEvent): RunEvent {
  const isGate = event.type === 'operator.awaited' && event.for === 'gate';
  return isGate ? { ...event, for: 'stuck' } : event;
}

/** As a build writes it whose events this one does not know. */
function later(event: RunEvent): RunEvent {
  if (event.type !== 'run.started') return event;
  return { ...event, version: 99, program: 'runbook 9.0.0 (99999999, 2030-01-01)' } as never;
}

type Case = readonly [what: string, store: () => Promise<string>, why: string, instead: string];

describe.each<Case>([
  [
    'whose last step only the operator can continue',
    () => earlierRun('gate-shell', unlike),
    `the run was written by ${BUILD}: `,
    'continue after step look, with new gates: runbook resume ID --at mark',
  ],
  [
    'whose server was secret',
    () => earlierRun('gate-sql', unlike),
    `the run was written by ${BUILD}: `,
    'runbook resume ID --at ',
  ],
  [
    'whose runbook this build does not accept',
    () => earlierRun('manual', asItWas, (text) => text.replace('summary:', 'sumary:')),
    'this build does not accept the runbook of the run: ',
    'resume it with the build that wrote it: runbook 0.1.0',
  ],
  [
    'of a later build',
    () => earlierRun('manual', later),
    'this run was written by runbook 9.0.0 (99999999, 2030-01-01), which records events',
    'use that build, or a later one',
  ],
])('an unfinished run %s', (_, store, why, instead) => {
  test('is marked in each list, with what to do, in the words of resume', async () => {
    const id = await store();
    const journal = () => readFileSync(runStore(join(cwd, 'state')).openRun(id).journal, 'utf8');
    const before = journal();
    const [run] = listed();
    expect(run?.cannotResume?.why).toContain(why);
    expect(run?.cannotResume?.instead).toContain(instead.replace('ID', id));
    for (const args of [['runs'], ['runs', 'show', id]]) {
      const { stdout } = runbook(...args);
      expect(stdout).toContain(`${id} cannot be resumed as it stands: ${run?.cannotResume?.why}`);
      expect(stdout).toContain(`  ${run?.cannotResume?.instead}`);
    }
    const { exitCode, stderr } = runbook('resume', '--plain');
    expect(exitCode).not.toBe(0);
    if (!id.includes('gate-sql')) expect(stderr).toContain(run?.cannotResume?.why);
    if (!id.includes('gate-sql')) expect(stderr).toContain(run?.cannotResume?.instead);
    expect(journal()).toBe(before);
  });
});

test.each(['gate-shell', 'gate-sql', 'question', 'unknown', 'fleet', 'parallel', 'child'])(
  'an unfinished run of another build that can be resumed is not marked: %s',
  async (wait) => {
    await earlierRun(wait, asItWas);
    expect(listed()).toMatchObject([{ runbook: expect.any(String) }]);
    expect(listed()[0]).not.toHaveProperty('cannotResume');
    expect(runbook('runs').stdout).not.toContain('cannot be resumed');
  },
);

describe('resume --at', () => {
  test('needs a person, and starts nothing for one who is not there', async () => {
    const id = await earlierRun('gate-shell', unlike);
    const { exitCode, stdout } = runbook('resume', id, '--at', 'mark', '--plain');
    expect({ exitCode, stdout }).toEqual({
      exitCode: 4,
      stdout: expect.stringContaining('an earlier build of runbook was in this step'),
    });
    const { journal } = runStore(join(cwd, 'state')).openRun(id);
    const events = readFileSync(journal, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as RecordedEvent).event);
    const resumed = events.findIndex(({ type }) => type === 'run.resumed');
    expect(events[resumed]).toMatchObject({ at: 'mark' } satisfies Partial<EventOf<'run.resumed'>>);
    const starts = events.filter(({ type }) => type === 'step.started');
    expect(starts.map((event) => 'step' in event && event.step)).toEqual(['look']);
    expect(runbook('transcript', id).stdout).toContain('chose to continue at `mark`');
    // The choice is part of the record now: the run waits there, and every list says nothing of it.
    expect(listed()[0]).not.toHaveProperty('cannotResume');
  });
});
