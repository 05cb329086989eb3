import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { resumeRun } from '#run/resume.ts';
import type { OpenRun } from '#run/session/open.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import { readRun } from '#run/store/read-run.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { begun } from '../../support/begun.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SECRET = 'p$%@/:w ord"1';

const RUNBOOK = `
name: inline
title: Shell only
summary: Steps that need nothing but bash.
inputs:
  folder: { description: Where the steps leave their marks }
  token: { secret: true, required: false }
steps:
  - id: look
    effect: read
    shell: ls \${{ inputs.folder }} | wc -l; echo "$TOKEN"
    env: { TOKEN: '\${{ inputs.token }}' }
    next:
      - finding: "It printed \${{ result.stdout }}"
  - id: mark
    phase: fix
    effect: change
    shell: echo x >> "$FOLDER/marks"
    env: { FOLDER: '\${{ inputs.folder }}' }
    verify: { shell: 'cat "$FOLDER/marks"', until: 'result.stdout == "x\\n"', within: 1s, every: 50ms }
  - id: secret
    phase: verify
    ask: { question: What is the code?, type: secret }
  - id: use
    effect: read
    shell: test "$CODE" = ${JSON.stringify(SECRET).replaceAll('$', '\\$')}
    env: { CODE: '\${{ steps.secret.answer }}' }
  - id: done
    finish: { outcome: resolved, summary: It is done. }
`;

const DATABASE_RUNBOOK = `
name: inline
title: On a server
summary: A step that waits, on a server.
inputs: { url: { type: url, secret: true } }
targets: { db: { database: '\${{ inputs.url }}' } }
steps:
  - { id: wait, manual: 'Look at \${{ targets.db.host }}.' }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const open: OpenRun[] = [];
afterEach(async () => {
  for (const run of open.splice(0)) await run.close();
});

type Changes = { attended?: boolean; auto?: boolean; given?: Record<string, string> };

function setUp(text = RUNBOOK) {
  const folder = temporaryFolder();
  const store = runStore(join(folder, 'state'));
  const source = { file: 'inline', text };
  const options = { store, surroundings, given: { folder, token: SECRET } };
  const keep = (run: OpenRun): Promise<OpenRun> => {
    open.push(run);
    return begun(run);
  };
  return {
    folder,
    store,
    start: async (changes: Changes = {}) =>
      keep(
        await startRun(parsed(text), {
          ...options,
          source,
          attended: true,
          auto: true,
          ...changes,
        }),
      ),
    resume: async (id: string, answers: Record<string, string> = {}, changes: Changes = {}) => {
      const recorded = await readRun(await store.open(id));
      return keep(
        await resumeRun(parsed(recorded.source.text), recorded, {
          ...options,
          attended: true,
          answers,
          ...changes,
        }),
      );
    },
    journal: (id: string) =>
      readJournal(store.openRun(id).journal).records.map(({ event }) => event),
    file: (id: string) => store.openRun(id).journal,
  };
}

async function until(run: OpenRun, awaited: string): Promise<void> {
  await vi.waitFor(() => expect(run.session.view().awaited?.for).toBe(awaited), 10_000);
}

async function confirm(run: OpenRun): Promise<void> {
  await until(run, 'gate');
  send(run.session, { type: 'confirm', digest: run.session.view().gate?.digest ?? '' });
}

async function leave(run: OpenRun): Promise<void> {
  send(run.session, { type: 'leave' });
  await run.session.ended;
  await run.close();
}

async function answerAndEnd(run: OpenRun): Promise<void> {
  send(run.session, { type: 'answer', value: SECRET });
  await run.session.ended;
  await run.close();
}

function typesOf(events: readonly RunEvent[]): readonly string[] {
  return events.map(({ type }) => type);
}

describe('a run', () => {
  test('goes from its first read through a gate and a question to its outcome', async () => {
    const { start, folder } = setUp();
    const run = await start();
    await confirm(run);
    await until(run, 'answer');
    send(run.session, { type: 'answer', value: SECRET });
    await run.session.ended;
    expect(run.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
    expect(readFileSync(join(folder, 'marks'), 'utf8')).toBe('x\n');
  });

  test('writes a confirmation and a start before the change, and its end after it', async () => {
    const { start, journal } = setUp();
    const run = await start();
    await confirm(run);
    await until(run, 'answer');
    const events = journal(run.id).filter((event) => 'step' in event && event.step === 'mark');
    expect(typesOf(events)).toEqual([
      'step.entered',
      'gate.opened',
      'operator.awaited',
      'gate.answered',
      'step.started',
      'step.finished',
      'step.started',
      'step.finished',
      'step.settled',
      'branch.taken',
    ]);
  });

  test('keeps secrets out of its journal and outputs, whoever gave them', async () => {
    const { start, store } = setUp();
    const run = await start();
    await confirm(run);
    await until(run, 'answer');
    send(run.session, { type: 'answer', value: SECRET });
    await run.session.ended;
    const folder = store.openRun(run.id);
    const written = [folder.journal, join(folder.outputs, 'look.1.action.1.stdout')]
      .map((file) => readFileSync(file, 'utf8'))
      .join();
    expect(written).toContain('‹secret:token›');
    expect(written).not.toContain('p$%@');
    expect(written).not.toContain(encodeURIComponent(SECRET));
    expect(written).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 12));
  });

  test('pauses at the first gate when nobody can answer', async () => {
    const { start, folder } = setUp();
    const run = await start({ attended: false });
    await run.session.ended;
    expect(run.session.end).toMatchObject({ status: 'paused', unanswered: true });
    expect(() => readFileSync(join(folder, 'marks'))).toThrow('ENOENT');
  });

  test('ignores what cannot be done where it stands', async () => {
    const { start, journal } = setUp();
    const run = await start();
    await until(run, 'gate');
    const before = journal(run.id).length;
    for (const intent of [
      { type: 'retry' },
      { type: 'recheck' },
      { type: 'mark-done', evidence: '' },
      { type: 'answer', value: 'x' },
    ] as const)
      send(run.session, intent);
    expect(journal(run.id)).toHaveLength(before);
  });
});

describe('a resumed run', () => {
  test('asks again at a gate that was open, and does not take an old digest for an answer', async () => {
    const { start, resume, journal } = setUp();
    const first = await start();
    await until(first, 'gate');
    await leave(first);
    const second = await resume(first.id);
    await confirm(second);
    await until(second, 'answer');
    expect(typesOf(journal(first.id)).filter((type) => type === 'gate.opened')).toHaveLength(2);
  });

  test('takes a change that had started and not finished for an unknown outcome', async () => {
    const { start, resume, journal, file, folder } = setUp();
    const first = await start();
    await confirm(first);
    await until(first, 'answer');
    await leave(first);
    cutAfter(file(first.id), (event) => event.type === 'step.started' && event.step === 'mark');
    const second = await resume(first.id);
    await until(second, 'unknown');
    expect(journal(first.id).slice(-4)).toMatchObject([
      {
        type: 'run.resumed',
        interrupted: { step: 'mark', part: 'action', effect: 'change' },
      },
      { type: 'step.started', part: 'verify' },
      { type: 'step.finished', part: 'verify', status: 'succeeded' },
      { type: 'operator.awaited', why: { kind: 'unknown', check: 'passed' } },
    ]);
    send(second.session, { type: 'continue' });
    await until(second, 'answer');
    expect(readFileSync(join(folder, 'marks'), 'utf8')).toBe('x\n');
  });

  test('asks again for a change that was confirmed and had not started', async () => {
    const { start, resume, file, folder } = setUp();
    const first = await start();
    await confirm(first);
    await until(first, 'answer');
    await leave(first);
    cutAfter(file(first.id), (event) => event.type === 'gate.answered');
    writeFileSync(join(folder, 'marks'), '');
    const second = await resume(first.id);
    await until(second, 'gate');
    expect(readFileSync(join(folder, 'marks'), 'utf8')).toBe('');
  });

  test('reads again what it was reading', async () => {
    const { start, resume, file, journal } = setUp();
    const first = await start({ attended: false });
    await first.session.ended;
    await first.close();
    cutAfter(file(first.id), (event) => event.type === 'step.started');
    const second = await resume(first.id);
    await until(second, 'gate');
    const reads = journal(first.id).filter((event) => event.type === 'step.started');
    expect(reads).toHaveLength(2);
  });

  test('still asks what it asked when it was left, and pauses again when nobody can answer', async () => {
    const { start, resume, journal } = setUp();
    const first = await start();
    await confirm(first);
    await until(first, 'answer');
    await leave(first);
    const unattended = await resume(first.id, {}, { attended: false });
    await unattended.session.ended;
    await unattended.close();
    expect(unattended.session.end).toMatchObject({ status: 'paused', unanswered: true });
    expect(typesOf(journal(first.id)).slice(-2)).toEqual(['run.resumed', 'run.paused']);
    const second = await resume(first.id);
    expect(second.session.view()).toMatchObject({ status: 'waiting', awaited: { for: 'answer' } });
    send(second.session, { type: 'answer', value: SECRET });
    await second.session.ended;
    expect(second.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
  });

  test('is refused on another server than it began on', async () => {
    const { start, resume } = setUp(DATABASE_RUNBOOK);
    const first = await start({ given: { url: 'postgres://ada@127.0.0.1:1/shop' } });
    await until(first, 'report');
    await leave(first);
    await expect(
      resume(first.id, {}, { given: { url: 'postgres://ada@127.0.0.1:2/shop' } }),
    ).rejects.toThrow('the run is on postgres ada@127.0.0.1:1/shop');
    const again = await resume(
      first.id,
      {},
      { given: { url: 'postgres://eve:new@127.0.0.1:1/shop' } },
    );
    expect(again.session.view().awaited?.for).toBe('report');
  });

  test('needs its secret answers again', async () => {
    const { start, resume, file } = setUp();
    const first = await start();
    await confirm(first);
    await until(first, 'answer');
    await answerAndEnd(first);
    cutAfter(file(first.id), (event) => event.type === 'operator.acted');
    const second = await resume(first.id, { secret: SECRET });
    await second.session.ended;
    expect(second.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
  });

  test('refuses a run that has finished, and one whose journal was changed', async () => {
    const { start, resume, file } = setUp();
    const first = await start();
    await confirm(first);
    await until(first, 'answer');
    await answerAndEnd(first);
    await expect(resume(first.id)).rejects.toThrow('has finished');
    const text = readFileSync(file(first.id), 'utf8');
    writeFileSync(file(first.id), text.replace('"operator":"ada"', '"operator":"eve"'));
    await expect(resume(first.id)).rejects.toThrow('line');
  });
});

/** Cuts a journal as a crash would: after the first event that fits, everything is gone. */
function cutAfter(file: string, fits: (event: RunEvent) => boolean): void {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const last = lines.findIndex((line) => fits(JSON.parse(line).event));
  expect(last).toBeGreaterThan(-1);
  writeFileSync(file, `${lines.slice(0, last + 1).join('\n')}\n`);
}
