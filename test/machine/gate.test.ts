import { describe, expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import {
  asked,
  executed,
  failure,
  gate,
  recorded,
  refused,
  stepping,
} from '../fixtures/orders-runbook.ts';

const END = `
  - id: end
    on: db
    effect: destructive
    preview: { sql: 'SELECT pid, started FROM s WHERE age > \${{ inputs.least }}', max_rows: 2, fresh_for: 30s }
    sql: SELECT end_it(pid) FROM s WHERE (pid, started) IN (\${{ preview.rows }})
    confirm: { phrase: '\${{ targets.db.database }}', warning: '\${{ preview.rows.size() }} lose their work.' }
    undo: { none: They reconnect. }
    next:
      - if: error.kind == "declined"
        goto: declined
      - goto: after
  - { id: after, manual: Look. }
  - { id: declined, manual: Look. }
`;

const CHANGE = `
  - { id: change, sql: SELECT do_it() }
  - { id: after, manual: Look. }
`;

function row(pid: number) {
  return { pid, started: `03:0${pid}` };
}

/** Stands at the gate of a change whose preview found these rows. */
function atGate(...pids: readonly number[]): Stepper {
  const run = stepping(END);
  run.rows(...pids.map(row));
  return run;
}

function confirm(run: Stepper, answer: { digest?: string; phrase?: string; ageMs?: number } = {}) {
  const { pending } = run.at.snapshot.context.visit;
  run.send({
    type: 'CONFIRM',
    digest: answer.digest ?? pending?.digest ?? '',
    phrase: answer.phrase ?? pending?.phrase,
    previewAgeMs: answer.ageMs ?? 1_000,
  });
}

describe('a change waits at its gate', () => {
  test('which shows exactly what will run, on which rows, and what to know about it', () => {
    const run = atGate(1, 2);
    expect(run.state).toBe('end.gate');
    expect(gate(run)).toMatchObject({
      effect: 'destructive',
      action: {
        text: 'SELECT end_it(pid) FROM s WHERE (pid, started) IN (($1, $2), ($3, $4))',
        values: [1, '03:01', 2, '03:02'],
        readOnly: false,
      },
      level: 'type',
      phrase: 'shop',
      warning: '2 lose their work.',
      undo: 'They reconnect.',
      preview: { rows: [row(1), row(2)], freshForMs: 30_000, at: '2026-01-01T00:00:01Z' },
    });
  });

  test('its preview is a read', () => {
    const run = stepping(END);
    expect(run.state).toBe('end.previewing');
    expect(executed(run)).toMatchObject([
      { part: 'preview', effect: 'read', action: { readOnly: true, values: [4] } },
    ]);
  });

  test('a step that does not say read is a change and has a gate, confirmed by a key', () => {
    const run = stepping(CHANGE);
    expect(run.state).toBe('change.gate');
    expect(gate(run)).toMatchObject({ effect: 'change', level: 'key', phrase: undefined });
    confirm(run);
    expect(run.state).toBe('change.running');
  });

  test('and whatever was typed besides the key does not matter', () => {
    const run = stepping(CHANGE);
    confirm(run, { phrase: 'yes' });
    expect(run.state).toBe('change.running');
  });

  test('also when reads run by themselves only on demand', () => {
    const run = stepping(CHANGE, { auto: false });
    expect(run.state).toBe('change.ready');
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('change.gate');
  });

  test('a destructive step without a phrase of its own asks for its id', () => {
    const run = stepping('  - { id: drop_it, effect: destructive, sql: SELECT drop_it() }\n');
    expect(gate(run)).toMatchObject({ level: 'type', phrase: 'drop_it' });
  });
});

describe('a confirmation', () => {
  test('starts exactly what the gate showed, with the digest that was confirmed', () => {
    const run = atGate(1);
    const shown = gate(run);
    confirm(run);
    expect(run.state).toBe('end.checking');
    expect(executed(run)).toMatchObject([{ part: 'recheck', effect: 'read' }]);
    run.sameRows();
    expect(run.state).toBe('end.running');
    expect(executed(run)).toMatchObject([
      { part: 'action', effect: 'destructive', action: shown?.action, digest: shown?.digest },
    ]);
  });

  test('with spaces around the phrase counts', () => {
    const run = atGate(1);
    confirm(run, { phrase: '  shop ' });
    expect(run.state).toBe('end.checking');
  });

  test.each([
    ['another phrase', 'shopp'],
    ['a space in the phrase', 'sh op'],
    ['an empty phrase', ''],
    ['the phrase in capitals', 'SHOP'],
  ])('with %s opens nothing', (_, phrase) => {
    const run = atGate(1);
    confirm(run, { phrase });
    expect(run.state).toBe('end.gate');
    expect(executed(run)).toEqual([]);
    expect(refused(run)).toMatchObject([{ why: { kind: 'other-phrase' } }]);
  });

  test('of another digest opens nothing, whatever was typed', () => {
    const run = atGate(1);
    confirm(run, { digest: 'f'.repeat(64) });
    expect(run.state).toBe('end.gate');
    expect(executed(run)).toEqual([]);
  });

  test('of another digest is not said to have the wrong phrase', () => {
    const run = atGate(1);
    confirm(run, { digest: 'f'.repeat(64) });
    expect(refused(run)).toMatchObject([{ why: { kind: 'other-gate' } }]);
  });

  test('by a key, of another digest, opens nothing', () => {
    const run = stepping(CHANGE);
    confirm(run, { digest: 'f'.repeat(64) });
    expect(run.state).toBe('change.gate');
    expect(refused(run)).toMatchObject([{ why: { kind: 'other-gate' } }]);
  });

  test('of the gate before does not open the one after it', () => {
    const run = atGate(1);
    const { digest = '' } = gate(run) ?? {};
    run.send({ type: 'REFRESH' });
    run.rows(row(2));
    confirm(run, { digest });
    expect(run.state).toBe('end.gate');
  });

  test('of rows that are too old asks again when they are others now', () => {
    const run = atGate(1);
    const before = gate(run)?.digest;
    confirm(run, { ageMs: 30_001 });
    expect(run.state).toBe('end.checking');
    run.rows(row(2));
    expect(run.state).toBe('end.gate');
    expect(gate(run)).toMatchObject({ preview: { rows: [row(2)] } });
    expect(gate(run)?.digest).not.toBe(before);
  });

  test('of rows of unknown age does so as well', () => {
    const run = atGate(1);
    const { digest = '', phrase } = gate(run) ?? {};
    run.send({ type: 'CONFIRM', digest, phrase });
    run.rows(row(1), row(2));
    expect(run.state).toBe('end.gate');
  });

  test('of rows that are too old counts when they are the same now', () => {
    const run = atGate(1);
    confirm(run, { ageMs: 30_001 });
    run.rows(row(1));
    expect(run.state).toBe('end.running');
  });

  test('is none while another run is at work with the same change, and says which one', () => {
    const run = atGate(1);
    const { digest = '', phrase } = run.at.snapshot.context.visit.pending ?? {};
    const answer = { type: 'CONFIRM', digest, phrase, previewAgeMs: 1_000 } as const;
    run.send({ ...answer, otherRun: 'k7f2' });
    expect(run.state).toBe('end.gate');
    expect(executed(run)).toEqual([]);
    expect(refused(run)).toMatchObject([{ why: { kind: 'other-run', run: 'k7f2' } }]);
    run.send(answer);
    expect(executed(run)).toMatchObject([{ part: 'recheck' }]);
  });

  test('of rows that are just fresh enough is one, whatever has come since', () => {
    const run = atGate(1);
    confirm(run, { ageMs: 30_000 });
    run.rows(row(1), row(2));
    expect(run.state).toBe('end.running');
    expect(executed(run)).toMatchObject([{ action: { values: [1, '03:01'] } }]);
  });
});

describe('a preview', () => {
  test('that finds nothing passes the step over', () => {
    const run = atGate();
    expect(recorded(run, 'step.skipped')).toMatchObject([
      { by: 'empty-preview', why: { kind: 'nothing-found' } },
    ]);
    expect(run.state).toBe('after.asking');
  });

  test('that finds more rows than allowed opens no gate', () => {
    const run = atGate(1, 2, 3);
    expect(run.state).toBe('end.failed');
    expect(gate(run)).toBeUndefined();
    expect(asked(run)).toMatchObject({
      for: 'failure',
      error: {
        kind: 'too_many_rows',
        message: 'the preview has 3 rows, more than the 2 this step may touch',
      },
    });
  });

  test('that was cut counts with all the rows there were', () => {
    const run = stepping(END);
    const result = { columns: ['pid', 'started'], rows: [row(1)], row_count: 500 };
    run.send({ type: 'SUCCEEDED', result, at: '2026-01-01T00:00:01Z', elapsedMs: 0 });
    expect(run.state).toBe('end.failed');
  });

  test('that fails opens no gate', () => {
    const run = stepping(END);
    run.send(failure('no_permission'));
    expect(run.state).toBe('end.failed');
  });

  test('is read again before a failed change is tried again', () => {
    const run = atGate(1);
    confirm(run);
    run.sameRows();
    run.send(failure('lock'));
    run.send({ type: 'RETRY' });
    expect(run.state).toBe('end.previewing');
    run.rows(row(1));
    expect(run.state).toBe('end.gate');
  });
});

describe('at a gate the operator can also', () => {
  test('decline, which next can branch on', () => {
    const run = atGate(1);
    run.send({ type: 'DECLINE', reason: 'they are at work' });
    expect(run.state).toBe('declined.asking');
    expect(recorded(run, 'step.settled')).toMatchObject([
      { status: 'failed', error: { kind: 'declined', message: 'declined: they are at work' } },
    ]);
  });

  test('decline, and be asked what then, when no clause says', () => {
    const run = stepping(CHANGE);
    run.send({ type: 'DECLINE', reason: 'not now' });
    expect(run.state).toBe('change.failed');
    expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'declined' } });
  });

  test('read the rows again', () => {
    const run = atGate(1);
    run.send({ type: 'REFRESH' });
    expect(run.state).toBe('end.previewing');
    run.rows();
    expect(run.state).toBe('after.asking');
  });

  test('skip the step', () => {
    const run = atGate(1);
    run.send({ type: 'SKIP', reason: 'done by the others' });
    expect(recorded(run, 'step.skipped')).toMatchObject([
      { by: 'operator', reason: 'done by the others' },
    ]);
    expect(run.state).toBe('after.asking');
  });

  test('leave it: a later process reads the rows again', () => {
    const run = atGate(1);
    run.send({ type: 'INTERRUPTED', started: false });
    expect(run.state).toBe('end.previewing');
  });
});

test("a phrase that comes out empty is replaced by the target's name", () => {
  const run = stepping(
    '  - { id: change, sql: SELECT do_it(), confirm: { phrase: \'${{ "" }} \' } }\n',
  );
  expect(gate(run)).toMatchObject({ phrase: 'db' });
});

describe('what cannot be rendered is not proposed', () => {
  test.each([
    [
      'a value that is missing',
      "  - { id: change, sql: 'SELECT do_it(${{ steps.earlier.row.x }})' }\n",
      '${{ steps.earlier.row.x }} has no value: there is no "row"',
    ],
    [
      'a phrase that is missing',
      "  - { id: change, sql: SELECT do_it(), confirm: { phrase: '${{ steps.earlier.row.x }}' } }\n",
      '${{ steps.earlier.row.x }} has no value: there is no "row"',
    ],
  ])('%s', (_, steps, message) => {
    const earlier = "  - { id: earlier, if: '!inputs.go', effect: read, sql: SELECT 1 }\n";
    const run = stepping(earlier + steps);
    expect(run.state).toBe('change.failed');
    expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'unresolved', message } });
  });
});
