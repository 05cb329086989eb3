import { describe, expect, test } from 'vitest';
import { callChild } from '#machine/context/child-runbook.ts';
import { placedSteps } from '#machine/placed-step.ts';
import { childOpener } from '#run/values/open-child.ts';
import { parsed, type Stepper } from '../fixtures/compiled.ts';
import { asked, executed, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const PARENT = `
  - id: free
    runbook: free-slots
    with: { url: 'postgres://ada@db9/shop', wanted: '\${{ inputs.least }}' }
    next:
      - if: result.outcome == "resolved"
        finding: '\${{ result.summary }} \${{ result.findings[0] }}'
        goto: good
  - { id: bad, manual: 'It is \${{ steps.free.outcome }}.' }
  - { id: good, manual: Fine. }
`;

const CHILD = `
name: free-slots
title: Free some slots
summary: Frees slots.
inputs:
  url: { type: url, secret: true }
  wanted: { type: number }
  hint: { default: none }
targets: { db: { database: '\${{ inputs.url }}', engine: postgres } }
steps:
  - id: count
    effect: read
    sql: 'SELECT \${{ inputs.wanted }}'
    next:
      - if: result.row.free >= inputs.wanted
        finding: '\${{ result.row.free }} are free.'
        goto: done
  - { id: end, effect: change, sql: 'SELECT end_it(\${{ steps.count.row.free }})', max_visits: 1 }
  - { id: done, if: 'steps.count.row.free < 100', finish: { outcome: resolved, summary: Slots are free. } }
`;

const others = { 'free-slots': CHILD };

function calling(parent = PARENT, child = CHILD): Stepper {
  return stepping(
    parent,
    {},
    { others: { ...others, 'free-slots': child }, openChild: childOpener(new Map()) },
  );
}

describe('what a runbook gives back', () => {
  const OUTPUTS = `
outputs:
  free: steps.count.row.free
  enough: steps.count.row.free >= inputs.wanted
  ended: steps.end.row.ended
`;
  const returned = (parent: string) => {
    const run = calling(parent, CHILD + OUTPUTS);
    run.rows({ free: 12 });
    return run;
  };

  test('is known to the step and to those after it, except what could not be computed', () => {
    const run = returned(`
  - id: free
    runbook: free-slots
    with: { url: 'postgres://ada@db9/shop', wanted: '\${{ inputs.least }}' }
    next:
      - { if: has(result.outputs.ended), goto: bad }
      - { if: result.outputs.enough, goto: good, finding: '\${{ result.outputs.free }} are free.' }
  - { id: bad, manual: Bad. }
  - { id: good, manual: 'Use \${{ steps.free.outputs.free }}, not \${{ steps.free.outputs.ended }}.' }
`);
    expect(recorded(run, 'child.finished')).toMatchObject([
      { outputs: { free: 12, enough: true } },
    ]);
    expect(recorded(run, 'branch.taken').at(-1)).toMatchObject({ finding: '12 are free.' });
    expect(asked(run)?.prompt).toBe('Use 12, not ‹no steps.free.outputs.ended›.');
  });
});

test('the runbook that its end leads to is known to the one that ran it, and recorded', () => {
  const parent = `
  - id: free
    runbook: free-slots
    with: { url: 'postgres://ada@db9/shop', wanted: '\${{ inputs.least }}' }
    next:
      - { if: result.continue_with == "slow-queries", goto: good }
      - { goto: bad }
  - { id: bad, manual: 'Not "\${{ steps.free.continue_with }}".' }
  - { id: good, manual: 'Open \${{ steps.free.continue_with }}.' }
`;
  const named = calling(
    parent,
    CHILD.replace('outcome: resolved,', 'outcome: escalated, continue_with: slow-queries,'),
  );
  named.rows({ free: 12 });
  expect(asked(named)?.prompt).toBe('Open slow-queries.');
  expect(recorded(named, 'child.finished')).toMatchObject([{ continue_with: 'slow-queries' }]);
  const without = calling(parent);
  without.rows({ free: 12 });
  expect(asked(without)?.prompt).toBe('Not "".');
});

describe('a runbook as a step', () => {
  test('runs with its own inputs, steps and targets, under names of its own', () => {
    const run = calling();
    expect(run.at.effects.find(({ type }) => type === 'call')?.params).toMatchObject({
      step: 'free',
      inputs: { url: 'postgres://ada@db9/shop', wanted: 4, hint: 'none' },
      targets: { db: { host: 'db9', database: 'shop' } },
    });
    expect(recorded(run, 'step.entered').map(({ step }) => step)).toEqual(['free', 'free/count']);
    expect(executed(run)).toMatchObject([
      { step: 'free/count', action: { target: 'free/db', values: [4] } },
    ]);
  });

  test('its end is the result of the step, and what it found', () => {
    const run = calling();
    run.rows({ free: 7 });
    expect(recorded(run, 'child.finished')).toMatchObject([
      {
        step: 'free',
        outcome: 'resolved',
        summary: 'Slots are free.',
        findings: ['7 are free.'],
      },
    ]);
    expect(run.state).toBe('good.asking');
    expect(recorded(run, 'branch.taken').at(-1)).toMatchObject({
      step: 'free',
      finding: 'Slots are free. 7 are free.',
    });
    expect(run.at.snapshot.context).toMatchObject({
      frames: {},
      steps: { free: { status: 'succeeded', outcome: 'resolved' } },
    });
  });

  test('its changes have their gates, with what will run where', () => {
    const run = calling();
    run.rows({ free: 1 });
    expect(run.state).toBe('free/end.gate');
    expect(gate(run)).toMatchObject({ step: 'free/end', action: { target: 'free/db' } });
    run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
    expect(run.state).toBe('free/end.running');
  });

  test('that runs off its end has not resolved anything', () => {
    const run = calling();
    run.rows({ free: 100 });
    expect(asked(run)).toMatchObject({ prompt: 'It is unresolved.' });
  });

  test('counts its visits anew each time', () => {
    const run = calling();
    for (let time = 0; time < 3; time += 1) {
      run.rows({ free: 1 });
      expect(run.state).toBe('free/end.gate');
      run.send({ type: 'JUMP.free' });
    }
  });

  test('fails when it is given what is no value of its inputs, and is tried again', () => {
    const run = calling(PARENT.replace('${{ inputs.least }}', '${{ targets.db.host }}'));
    expect(run.state).toBe('free.failed');
    expect(asked(run)).toMatchObject({
      error: {
        kind: 'config',
        message: 'free-slots: the input "wanted" has to be a number, and "db1" is not',
      },
    });
    run.send({ type: 'RETRY' });
    expect(run.state).toBe('free.failed');
  });

  test('has its own inputs edited, and nobody else’s', () => {
    const run = calling();
    run.send({ type: 'FAILED', error: { kind: 'timeout', message: '' }, elapsedMs: 0, random: 0 });
    expect(asked(run)).toMatchObject({ step: 'free/count', for: 'failure' });
    const { inputs } = run.at.snapshot.context;
    run.send({ type: 'EDIT', inputs: { wanted: 9 }, targets: {} });
    expect(executed(run)).toMatchObject([{ step: 'free/count', action: { values: [9] } }]);
    expect(run.at.snapshot.context.inputs).toEqual(inputs);
  });

  test('can be jumped into while it runs, and begun from outside', () => {
    const run = calling();
    run.send({ type: 'FAILED', error: { kind: 'timeout', message: '' }, elapsedMs: 0, random: 0 });
    run.send({ type: 'JUMP.free/done' });
    expect(run.state).toBe('free/done.ready');
    run.send({ type: 'JUMP.bad' });
    expect(run.at.snapshot.context.frames).toEqual({});
    run.send({ type: 'JUMP.free/done' });
    expect(run.state).toBe('free/count.running');
  });

  test('a connection to a place that both name is known to both', () => {
    const run = calling(PARENT.replace('ada@db9', 'oncall@db1:5432'));
    expect(run.at.snapshot.context.frames.free?.targets.db?.description).toBe(
      'postgres oncall@db1:5432/shop',
    );
    const { db } = run.at.snapshot.context.targets;
    if (db === undefined) throw new Error('there is no db');
    const facts = { ...db, description: 'PostgreSQL 18 on db1' };
    run.send({ type: 'CONNECTED', target: 'free/db', facts });
    expect(run.at.snapshot.context.targets.db?.description).toBe('PostgreSQL 18 on db1');
    expect(run.at.snapshot.context.frames.free?.targets.db?.name).toBe('db');
  });

  test('runs for every item of a list', () => {
    const each = PARENT.replace(
      'runbook: free-slots',
      "runbook: free-slots\n    for_each: '[1, 2]'",
    ).replace('${{ inputs.least }}', '${{ item }}');
    const run = calling(
      each.replace(/ {4}next:[\s\S]*?goto: good\n/, '').replace('.outcome', '.count'),
    );
    expect(executed(run)).toMatchObject([
      { step: 'free/count', visit: 1, action: { values: [1] } },
    ]);
    run.rows({ free: 5 });
    expect(executed(run)).toMatchObject([
      { step: 'free/count', visit: 1, action: { values: [2] } },
    ]);
    run.rows({ free: 6 });
    expect(asked(run)).toMatchObject({ prompt: 'It is 2.' });
    expect(run.at.snapshot.context.steps.free).toMatchObject({
      items: [
        { item: 1, outcome: 'resolved', findings: ['5 are free.'] },
        { item: 2, findings: ['6 are free.'] },
      ],
    });
  });

  test('what it changed can be undone after it has ended', () => {
    const child = CHILD.replace(
      'max_visits: 1 }',
      "undo: { sql: 'SELECT back(${{ inputs.wanted }})' } }",
    );
    const run = calling(PARENT, child);
    run.rows({ free: 1 });
    run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
    run.rows();
    expect(run.state).toBe('good.asking');
    run.send({ type: 'UNDO.free/end' });
    expect(gate(run)).toMatchObject({ part: 'undo', action: { target: 'free/db', values: [4] } });
    run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
    run.rows();
    expect(run.state).toBe('free/end.undone');
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('good.asking');
  });
});

test('a step that is no runbook is never called as one', () => {
  const run = stepping('  - { id: hand, manual: Do it. }\n');
  const [hand] = placedSteps(
    parsed('name: a\ntitle: A\nsummary: A\nsteps:\n  - { id: hand, manual: Do it. }\n'),
  ).values();
  if (hand === undefined) throw new Error('no step');
  const open = () => ({ ok: false, reason: 'unused' }) as const;
  expect(() => callChild(run.at.snapshot.context, hand, open)).toThrow('calls no runbook: hand');
});
