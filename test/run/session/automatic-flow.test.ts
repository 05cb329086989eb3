import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import { jumpTargets } from '#events/view/jump-targets.ts';
import type { AwaitedView } from '#events/view/run-view.ts';
import { readJournal } from '#run/journal/file/read.ts';
import type { OpenRun } from '#run/session/open.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FIX = `
name: fix
title: Fix it
summary: A read, an instruction, a change, a read.
inputs: { folder: {}, file: { default: ready } }
steps:
  - { id: look, effect: read, shell: echo seen }
  - id: check
    effect: read
    shell: cat "$FOLDER/$FILE"
    env: { FOLDER: '\${{ inputs.folder }}', FILE: '\${{ inputs.file }}' }
  - { id: count, effect: read, shell: echo 1 }
  - id: mark
    effect: change
    shell: touch "$FOLDER/marked"
    env: { FOLDER: '\${{ inputs.folder }}' }
  - { id: after, effect: read, shell: echo 2 }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const CHILD = `
name: inner
title: Inner
summary: An instruction that may not be possible.
steps:
  - { id: see, effect: read, shell: echo seen }
  - id: hand
    manual: Restart it.
    next:
      - { if: '!result.done', goto: not_done }
      - goto: fixed
  - { id: fixed, finish: { outcome: resolved, summary: It is restarted. } }
  - { id: not_done, finish: { outcome: unresolved, summary: It cannot be restarted. } }
`;

const PARENT = `
name: outer
title: Outer
summary: A runbook as a step, and another way.
steps:
  - id: inner
    runbook: inner
    next:
      - { if: 'result.outcome == "resolved"', goto: done }
      - { finding: Another way is needed., goto: other }
  - { id: other, effect: read, shell: echo other }
  - { id: ask, manual: Call somebody. }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const open: OpenRun[] = [];
afterEach(async () => {
  for (const run of open.splice(0)) {
    run.session.leave({ kind: 'asked-to-stop' });
    await run.session.ended;
    await run.close();
  }
});

/** A run on its opening page, which Enter starts. */
class Started {
  readonly folder = temporaryFolder();
  readonly #store = runStore(join(this.folder, 'state'));
  #run: OpenRun | undefined;

  async begin(text: string, name: string, others: Readonly<Record<string, string>> = {}) {
    const run = await startRun(parsed(text, name, others), {
      store: this.#store,
      surroundings,
      given: text.includes('inputs: {') ? { folder: this.folder } : {},
      source: { file: name, text },
      attended: true,
      auto: false,
    });
    open.push(run);
    this.#run = run;
    run.begin();
    await this.waits('start');
    return this;
  }

  get run(): OpenRun {
    if (this.#run === undefined) throw new Error('the run has not begun');
    return this.#run;
  }

  /** Waits until the run asks something else than before; a step that waits to be started is wrong. */
  async after(intent: Intent): Promise<AwaitedView | undefined> {
    const { seq } = this.run.session.view();
    send(this.run.session, intent);
    await vi.waitFor(() => {
      const view = this.run.session.view();
      expect(view.seq).toBeGreaterThan(seq);
      expect(view.status).not.toBe('running');
    }, 10_000);
    return this.run.session.view().awaited;
  }

  async waits(what: AwaitedView['for']): Promise<void> {
    await vi.waitFor(() => expect(this.run.session.view().awaited?.for).toBe(what), 10_000);
  }

  events<T extends RunEvent['type']>(type: T): readonly EventOf<T>[] {
    return readJournal(this.#store.openRun(this.run.id).journal)
      .records.map(({ event }) => event)
      .filter((event): event is EventOf<T> => event.type === type);
  }

  /** The steps that were executed, in their order. */
  executed(): readonly string[] {
    return this.events('step.started').map(({ step }) => step);
  }

  makeReady(): void {
    writeFileSync(join(this.folder, 'ready'), 'yes');
  }

  get isMarked(): boolean {
    return existsSync(join(this.folder, 'marked'));
  }
}

const START: Intent = { type: 'auto', on: true };

/** A run whose second read has failed. */
async function failed(): Promise<Started> {
  const run = await new Started().begin(FIX, 'fix');
  expect(await run.after(START)).toMatchObject({ for: 'failure', step: 'check' });
  return run;
}

describe('while reads run by themselves', () => {
  test('Enter runs them up to the first gate, which runs nothing by itself', async () => {
    const run = new Started();
    run.makeReady();
    await run.begin(FIX, 'fix');
    expect(await run.after(START)).toMatchObject({ for: 'gate', step: 'mark' });
    expect(run.executed()).toEqual(['look', 'check', 'count']);
    expect(run.isMarked).toBe(false);
    const { digest = '' } = run.run.session.view().gate ?? {};
    await run.after({ type: 'confirm', digest });
    expect(run.run.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
    expect(run.executed()).toEqual(['look', 'check', 'count', 'mark', 'after']);
  });

  test('a retry runs the step again, and then the next ones', async () => {
    const run = await failed();
    expect(await run.after({ type: 'retry' })).toMatchObject({ for: 'failure', step: 'check' });
    run.makeReady();
    expect(await run.after({ type: 'retry' })).toMatchObject({ for: 'gate', step: 'mark' });
    expect(run.executed()).toEqual(['look', 'check', 'check', 'check', 'count']);
  });

  test('an edited input is used at once, and the next reads run', async () => {
    const run = await failed();
    writeFileSync(join(run.folder, 'other'), 'yes');
    const edited = await run.after({ type: 'edit', inputs: { file: 'other' } });
    expect(edited).toMatchObject({ for: 'gate', step: 'mark' });
  });

  test('a skip goes on with the next reads, and records the reason', async () => {
    const run = await failed();
    const after = await run.after({ type: 'skip', reason: 'known' });
    expect(after).toMatchObject({ for: 'gate', step: 'mark' });
    expect(run.events('step.skipped')).toMatchObject([{ step: 'check', reason: 'known' }]);
    expect(run.executed()).toEqual(['look', 'check', 'count']);
  });

  test('what was marked as done goes on with the next reads', async () => {
    const run = await failed();
    const after = await run.after({ type: 'mark-done', evidence: 'seen' });
    expect(after).toMatchObject({ for: 'gate', step: 'mark' });
  });

  test('a jump back runs the reads again, without waiting at each', async () => {
    const run = await failed();
    run.makeReady();
    const after = await run.after({ type: 'jump', step: 'look', reason: 'once more' });
    expect(after).toMatchObject({ for: 'gate', step: 'mark' });
    expect(run.executed()).toEqual(['look', 'check', 'look', 'check', 'count']);
  });

  test('a jump to a change opens its gate and runs nothing', async () => {
    const run = await failed();
    const after = await run.after({ type: 'jump', step: 'mark', reason: 'I know' });
    expect(after).toMatchObject({ for: 'gate', step: 'mark' });
    expect(run.executed()).toEqual(['look', 'check']);
    expect(run.isMarked).toBe(false);
  });

  test('a jump over a change leaves it out, and ends the run', async () => {
    const run = await failed();
    await run.after({ type: 'jump', step: 'after', reason: 'done elsewhere' });
    expect(run.run.session.end).toMatchObject({ status: 'finished' });
    expect(run.isMarked).toBe(false);
  });

  test('no jump leads to an end that says that the incident is over', async () => {
    const run = await failed();
    const { session } = run.run;
    const view = session.view();
    expect(jumpTargets(view).map(({ id }) => id)).toEqual(
      view.steps.slice(0, -1).map((it) => it.id),
    );
    const intent: Intent = { type: 'jump', step: 'done', reason: 'I know' };
    const verdict = await session.submit({ intent, by: 'ada', answers: view.awaited?.seq });
    expect(verdict).toMatchObject({ accepted: false, why: { kind: 'no-jump-to-end' } });
    expect(session.end).toBeUndefined();
  });

  test('a declined gate asks, and a skip of it goes on with the reads behind it', async () => {
    const run = new Started();
    run.makeReady();
    await run.begin(FIX, 'fix');
    await run.after(START);
    const declined = await run.after({ type: 'decline', reason: 'not now' });
    expect(declined).toMatchObject({ for: 'failure', step: 'mark' });
    await run.after({ type: 'skip', reason: 'not now' });
    expect(run.run.session.end).toMatchObject({ status: 'finished' });
    expect(run.executed()).toEqual(['look', 'check', 'count', 'after']);
    expect(run.isMarked).toBe(false);
  });

  test('step by step again, every read waits for Enter', async () => {
    const run = await failed();
    send(run.run.session, { type: 'auto', on: false });
    run.makeReady();
    expect(await run.after({ type: 'retry' })).toMatchObject({ for: 'start', step: 'count' });
    expect(run.executed()).toEqual(['look', 'check', 'check']);
  });
});

describe('a runbook that runs as a step', () => {
  async function atInstruction(): Promise<Started> {
    const run = await new Started().begin(PARENT, 'outer', { inner: CHILD });
    expect(await run.after(START)).toMatchObject({ for: 'report', step: 'inner/hand' });
    return run;
  }

  test('whose instruction could not be done leads back to the one that called it', async () => {
    const run = await atInstruction();
    const after = await run.after({ type: 'report', done: false, evidence: 'no access' });
    expect(after).toMatchObject({ for: 'report', step: 'ask' });
    const view = run.run.session.view();
    expect(view.findings.map(({ text }) => text)).toEqual(['Another way is needed.']);
    const inner = view.steps.find(({ id }) => id === 'inner');
    expect(inner?.child?.end).toMatchObject({ outcome: 'unresolved' });
    expect(run.executed()).toEqual(['inner/see', 'other']);
    expect(run.run.session.end).toBeUndefined();
  });

  test('whose instruction was done goes on without asking', async () => {
    const run = await atInstruction();
    await run.after({ type: 'report', done: true, evidence: 'restarted' });
    expect(run.run.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
  });

  test('is left by a skip of its instruction or by a jump, without ending the run', async () => {
    const jumped = await atInstruction();
    const after = await jumped.after({ type: 'jump', step: 'other', reason: 'another way' });
    expect(after).toMatchObject({ for: 'report', step: 'ask' });
    const again = await jumped.after({ type: 'jump', step: 'inner', reason: 'back' });
    expect(again).toMatchObject({ for: 'report', step: 'inner/hand' });
    expect(jumped.executed()).toEqual(['inner/see', 'other', 'inner/see']);
  });
});
