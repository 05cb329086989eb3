import { describe, expect, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import { foldEvents } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { MachineEvent } from '#machine/event.ts';
import {
  askedInput,
  keepTyped,
  recordedIntent,
  typedInputs,
  typedSecrets,
} from '#run/session/intents.ts';
import { possibleIntents, possibleUndos, recordingAt } from '#run/session/possible-intents.ts';
import { SecretValues } from '#run/values/secrets.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { failure, gate, stepping } from '../../fixtures/orders-runbook.ts';
import { RUN_STARTED } from '../../fixtures/pool-exhausted-steps.ts';

const CHILD = `
name: inner
title: Inner
summary: Asks inside.
inputs: { pin: { secret: true }, word: {} }
steps:
  - { id: pin, ask: { question: Which pin?, input: pin } }
  - { id: end, finish: { outcome: resolved, summary: Done } }
`;
const RUNBOOK = parsed(
  `
name: outer
title: Outer
summary: Asks for much.
inputs: { token: { secret: true }, table: {} }
steps:
  - { id: name, ask: { question: Which table? } }
  - { id: table, ask: { question: Which table?, input: table } }
  - { id: renew, ask: { question: Which token?, input: token } }
  - { id: do, manual: Do it. }
  - { id: call, runbook: inner, with: { pin: '\${{ inputs.token }}', word: x } }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`,
  'outer.yaml',
  { inner: CHILD },
);

const folded = foldEvents([{ seq: 1, at: '2026-01-01T00:00:00Z', event: RUN_STARTED }]);
if (folded === undefined) throw new Error('there is no view');
const START: RunView = folded;
const answer = (value: string): Intent => ({ type: 'answer', value });
const edit = (inputs: Readonly<Record<string, string>>): Intent => ({ type: 'edit', inputs });

describe('an intent is recorded', () => {
  const db = { name: 'db', description: 'x', isConnected: true } as never;
  const values = {
    typed: (intent: Intent) => (intent.type === 'edit' ? { ...intent.inputs } : undefined),
    targets: (inputs: object, step: string) =>
      step === 'do' && 'token' in inputs ? { db } : ({} as never),
  };
  const place = (view: object) => ({
    ...{ view: { ...START, ...view }, operator: 'ada', values },
    ageMs: (at: string) => (at === 'then' ? 7 : undefined),
  });
  const common = { step: 'do', operator: 'ada' };

  test('as an act at the step the run is at, where it is at one', () => {
    const at = place({ current: 'do' });
    expect(recordedIntent({ type: 'retry' }, at)).toStrictEqual({
      ...{ type: 'operator.acted', ...common, intent: { type: 'retry' } },
    });
    expect(recordedIntent(edit({ token: 'x' }), at)).toStrictEqual({
      ...{ type: 'operator.acted', ...common, intent: edit({ token: 'x' }) },
      targets: [{ name: 'db', description: 'x' }],
    });
    expect(recordedIntent({ type: 'retry' }, place({ current: undefined }))).toBeUndefined();
  });

  test('as an answer to the gate that is open, with the age of its rows', () => {
    const shown = { step: 'do', digest: 'd' };
    const open = (gateView: object) => place({ current: 'do', gate: gateView as never });
    const answered = { type: 'gate.answered', ...common, digest: 'd' };
    const confirm = { type: 'confirm', digest: 'e' } as const;
    expect(recordedIntent(confirm, open(shown))).toStrictEqual({
      ...{ ...answered, answer: 'confirmed', digest: 'e' },
    });
    const rows = { ...shown, preview: { at: 'then' } };
    expect(recordedIntent({ ...confirm, phrase: 'shop' }, open(rows))).toStrictEqual({
      ...{ ...answered, answer: 'confirmed', digest: 'e', phrase: 'shop', previewAgeMs: 7 },
    });
    const unknown = { ...shown, preview: { at: 'before' } };
    expect(recordedIntent({ type: 'refresh' }, open(unknown))).toStrictEqual({
      ...{ ...answered, answer: 'refresh' },
    });
    expect(recordedIntent({ type: 'decline', reason: 'no' }, open(rows))).toStrictEqual({
      ...{ ...answered, answer: 'declined', reason: 'no', previewAgeMs: 7 },
    });
  });

  test('not at all where it answers a gate and none is open', () => {
    for (const intent of [
      { type: 'confirm', digest: 'd' },
      { type: 'decline', reason: '' },
      { type: 'refresh' },
    ] as const)
      expect(recordedIntent(intent, place({ current: 'do', gate: undefined }))).toBeUndefined();
  });
});

describe('what is typed', () => {
  test('is an input where the question asks for one', () => {
    expect(['table', 'call/pin', 'name', 'do', 'gone'].map((s) => askedInput(RUNBOOK, s))).toEqual([
      ...['table', 'pin', undefined, undefined, undefined],
    ]);
  });

  test('gives inputs by an edit, or by an answer that is one and is not empty', () => {
    const typed = (intent: Intent, step: string) => typedInputs(RUNBOOK, intent, step);
    expect(typed(edit({ a: 'b' }), 'do')).toEqual({ a: 'b' });
    expect(typed(answer('x'), 'table')).toEqual({ table: 'x' });
    expect(typed(answer(''), 'table')).toBeUndefined();
    expect(typed(answer('x'), 'name')).toBeUndefined();
    expect(typed({ type: 'skip', reason: 'x' }, 'table')).toBeUndefined();
  });

  test('is secret where the input is, under its name in the run', () => {
    const secret = (intent: Intent, step: string) => typedSecrets(RUNBOOK, intent, step);
    expect(secret(edit({ token: 't', table: 'x' }), 'do')).toEqual({ token: 't' });
    expect(secret(edit({ table: 'x' }), 'do')).toEqual({});
    expect(secret(answer('t'), 'renew')).toEqual({ token: 't' });
    expect(secret(answer('p'), 'call/pin')).toEqual({ 'call/pin': 'p' });
    expect(secret(edit({ token: 't' }), 'call/pin')).toEqual({});
    expect(secret(edit({ token: 't' }), 'gone')).toEqual({ token: 't' });
    expect(secret({ type: 'retry' }, 'do')).toEqual({});
  });

  test('is kept when it is secret, an answer under the name of its step', () => {
    const keep = (event: RunEvent, awaited: object | undefined) => {
      const secrets = new SecretValues();
      const view = { ...START, awaited: awaited as never };
      keepTyped(event, { secrets, runbook: RUNBOOK, view });
      expect(secrets.isSecret('undefined')).toBe(false);
      return ['token', 'steps.name.answer', 'steps.renew.answer'].map((name) => secrets.get(name));
    };
    const acted = (intent: Intent, step: string): RunEvent => ({
      ...{ type: 'operator.acted', operator: 'ada' },
      ...{ step, intent },
    });
    const secret = { secret: true };
    expect(keep(acted(answer('x'), 'name'), secret)).toEqual([undefined, 'x', undefined]);
    expect(keep(acted(answer('x'), 'name'), { secret: false })).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect(keep(acted(answer('x'), 'name'), undefined)[1]).toBeUndefined();
    expect(keep(acted(answer('x'), 'renew'), secret)).toEqual(['x', undefined, undefined]);
    expect(keep(acted({ type: 'skip', reason: 'x' }, 'name'), secret)[1]).toBeUndefined();
    expect(keep(acted(edit({ token: 't' }), 'do'), secret)).toEqual(['t', undefined, undefined]);
    const noted: RunEvent = { type: 'operator.noted', operator: 'ada', text: 'x', step: 'name' };
    expect(keep(noted, secret)).toEqual([undefined, undefined, undefined]);
  });
});

describe('what the operator can do is what the machine takes', () => {
  const STEPS = `
  - { id: look, effect: read, shell: 'true' }
  - id: change
    on: db
    effect: change
    preview: { sql: SELECT id FROM orders }
    sql: SELECT do_it(id) FROM orders WHERE (id) IN (\${{ preview.rows }})
    undo: { sql: SELECT undo_it() }
  - { id: which, ask: { question: Which? } }
  - { id: hand, manual: Do it. }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;
  type Run = ReturnType<typeof stepping>;
  const OK: MachineEvent = {
    ...{ type: 'SUCCEEDED', result: { stdout: '1', exit_code: 0 } },
    ...{ at: '2026-01-01T00:00:01Z', elapsedMs: 0 },
  };
  const can = (run: Run) => possibleIntents(run.at.snapshot);
  const toGate = (run: Run) => {
    run.send(OK);
    run.rows({ id: 1 });
    return run;
  };
  const changed = (run: Run) => {
    run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '', previewAgeMs: 0 });
    run.sameRows();
    run.rows({ id: 1 });
    return run;
  };

  test('before a step, at a gate, at a question, at an instruction and after a failure', () => {
    const held = stepping(STEPS, { auto: false });
    expect(can(held)).toContain('continue');
    expect(can(held)).toContain('auto');
    const run = stepping(STEPS);
    expect(can(run)).toEqual(expect.arrayContaining(['stop', 'note', 'leave']));
    expect(can(run)).not.toContain('continue');
    toGate(run);
    const atGate = can(run);
    expect(atGate).toEqual(expect.arrayContaining(['confirm', 'decline', 'refresh', 'skip']));
    expect(atGate).not.toContain('undo');
    expect(atGate.slice(-2)).toEqual(['note', 'leave']);
    changed(run);
    expect(run.state).toContain('which');
    expect(can(run)).toEqual(expect.arrayContaining(['answer', 'abort', 'undo']));
    expect(can(run)).not.toContain('report');
    expect(possibleUndos(run.at.snapshot)).toEqual(['change']);
    run.send({ type: 'ANSWER', value: 'x' });
    expect(can(run)).toContain('report');
    expect(can(run)).not.toContain('answer');
    const failed = stepping(STEPS);
    failed.send(failure('exit'));
    expect(can(failed)).toEqual(
      expect.arrayContaining(['retry', 'mark-done', 'skip', 'abort', 'edit']),
    );
    expect(possibleUndos(failed.at.snapshot)).toEqual([]);
  });

  test('a choice where no condition could be evaluated, and a recheck of what is not known', () => {
    const stuck = stepping(`
  - { id: look, effect: read, shell: 'true', parse: json, next: [{ if: result.json.x == 1, goto: done }] }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`);
    stuck.send(OK);
    expect(can(stuck)).toContain('choose');
    expect(can(stuck)).not.toContain('recheck');
    const verified = stepping(`
  - { id: look, effect: change, shell: 'true', verify: { shell: 'true', until: 'true' } }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`);
    verified.send({ type: 'CONFIRM', digest: gate(verified)?.digest ?? '' });
    verified.send({ type: 'UNKNOWN', error: { kind: 'reset', message: 'x' } });
    expect(can(verified)).toContain('recheck');
    expect(can(verified)).not.toContain('choose');
  });

  test('no edit where there is nothing to edit', () => {
    const failed = stepping(STEPS, { inputs: {} });
    failed.send(failure('exit'));
    expect(can(failed)).toEqual([
      'retry',
      'mark-done',
      'skip',
      'auto',
      'jump',
      'abort',
      'note',
      'leave',
    ]);
  });

  test('an edit where the runbook inside has something to edit', () => {
    const inner =
      'name: inner\ntitle: I\nsummary: I\ninputs: { word: {} }\nsteps:\n' +
      "  - { id: look, effect: read, shell: 'false' }\n" +
      '  - { id: done, finish: { outcome: resolved, summary: Done } }\n';
    const steps =
      '\n  - { id: call, runbook: inner, with: { word: x } }' +
      '\n  - { id: done, finish: { outcome: resolved, summary: Done } }\n';
    const failed = stepping(steps, { inputs: {} }, { others: { inner } });
    failed.send(failure('exit'));
    expect(can(failed)).toContain('edit');
  });

  test('no undo while something runs', () => {
    const run = changed(toGate(stepping(STEPS)));
    expect(possibleUndos(run.at.snapshot)).toEqual(['change']);
    run.send({ type: 'JUMP.look' });
    run.send({ type: 'CONTINUE' });
    expect(run.state).toContain('look');
    expect(possibleUndos(run.at.snapshot)).toEqual([]);
  });

  test('a jump, unless something runs', () => {
    const run = stepping(STEPS);
    expect(can(run)).not.toContain('jump');
    run.send(failure('exit'));
    expect(can(run)).toContain('jump');
  });

  test('and is told where the run is recorded', () => {
    const run = changed(toGate(stepping(STEPS)));
    const at = recordingAt(run.at.snapshot, RUNBOOK, { operator: 'ada' });
    expect(at.can()).toContain('answer');
    expect(at.undoable?.()).toEqual(['change']);
    expect(at).toMatchObject({ operator: 'ada', targets: { db: { host: 'db1' } } });
  });
});
