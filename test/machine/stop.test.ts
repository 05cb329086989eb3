import { describe, expect, test } from 'vitest';
import { asked, executed, failure, stepping } from '../fixtures/orders-runbook.ts';

const STORY = `
  - { id: one, effect: read, sql: SELECT 1, next: [{ if: result.row.x > 1, goto: three }] }
  - { id: two, effect: read, sql: SELECT 2 }
  - { id: three, effect: read, sql: SELECT 3 }
`;

const CHANGE = '  - { id: change, sql: SELECT do_it() }\n  - { id: after, manual: Look. }\n';

describe('a run that is to stop', () => {
  test('lets what runs end, then asks instead of going on', () => {
    const run = stepping(STORY);
    run.send({ type: 'STOP' });
    expect(run.state).toBe('one.running');
    run.rows({ x: 1 });
    expect(run.state).toBe('one.succeeded');
    expect(asked(run)).toMatchObject({ for: 'stopped' });
    expect(executed(run)).toEqual([]);
  });

  test('goes on where it would have gone', () => {
    const run = stepping(STORY);
    run.send({ type: 'STOP' });
    run.rows({ x: 9 });
    expect(run.state).toBe('one.succeeded');
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('three.running');
  });

  test('still asks what a condition could not decide', () => {
    const run = stepping(STORY);
    run.send({ type: 'STOP' });
    run.rows({ y: 1 });
    expect(asked(run)).toMatchObject({ for: 'decision' });
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('one.succeeded');
    expect(asked(run)).toMatchObject({ for: 'decision' });
  });

  test('asks about a failure that no clause names', () => {
    const run = stepping(STORY);
    run.send({ type: 'STOP' });
    run.send(failure('cancelled'));
    expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'cancelled' } });
    run.send({ type: 'CONTINUE' });
    expect(asked(run)).toMatchObject({ for: 'failure' });
    run.send({ type: 'RETRY' });
    expect(run.state).toBe('one.running');
  });

  test('can be taken elsewhere', () => {
    const run = stepping(STORY);
    run.send({ type: 'STOP' });
    run.rows({ x: 1 });
    run.send({ type: 'JUMP.three' });
    expect(run.state).toBe('three.running');
  });

  test('does not start a step that comes next by itself', () => {
    const run = stepping(`
  - { id: one, effect: read, sql: SELECT 1 }
  - { id: two, wait: 1s }
`);
    run.send({ type: 'STOP' });
    run.rows();
    expect(run.state).toBe('one.succeeded');
  });
});

describe('while an action runs, nothing passes it', () => {
  const starts = [
    ['a read', () => stepping(STORY), 'one.running', 'JUMP.three'],
    ['a wait', () => stepping('  - { id: pause, wait: 5s }\n'), 'pause.running', 'JUMP.pause'],
    [
      'a change',
      () => {
        const run = stepping(CHANGE);
        const { digest = '' } = run.at.snapshot.context.visit.pending ?? {};
        run.send({ type: 'CONFIRM', digest });
        return run;
      },
      'change.running',
      'JUMP.after',
    ],
    [
      'a preview',
      () =>
        stepping(
          '  - { id: change, preview: { sql: SELECT 1 }, sql: SELECT do_it() }\n  - { id: after, manual: Look. }\n',
        ),
      'change.previewing',
      'JUMP.after',
    ],
  ] as const;

  test.each(starts)('not past %s', (_, start, state, jump) => {
    const run = start();
    expect(run.state).toBe(state);
    for (const event of [
      { type: jump },
      { type: 'ABORT', reason: 'enough' },
      { type: 'SKIP', reason: 'enough' },
      { type: 'RETRY' },
      { type: 'CONTINUE' },
      { type: 'MARK_DONE', evidence: '' },
      { type: 'CONFIRM', digest: '' },
    ] as const) {
      expect([event.type, run.send(event), run.state]).toEqual([event.type, [], state]);
    }
  });

  test.each(starts)('the wish to stop is kept: %s', (_, start) => {
    const run = start();
    run.send({ type: 'STOP' });
    expect(run.at.snapshot.context.stopping).toBe(true);
  });
});

describe('reads run by themselves or wait for the operator', () => {
  test('one by one', () => {
    const run = stepping(STORY, { auto: false });
    expect(run.state).toBe('one.ready');
    expect(asked(run)).toMatchObject({ for: 'start', action: { text: 'SELECT 1' } });
    run.send({ type: 'CONTINUE' });
    run.rows({ x: 1 });
    expect(run.state).toBe('two.ready');
  });

  test('all of them from when the operator says so', () => {
    const run = stepping(STORY, { auto: false });
    run.send({ type: 'AUTO', on: true });
    expect(run.state).toBe('one.running');
    run.rows({ x: 1 });
    expect(run.state).toBe('two.running');
    run.send({ type: 'AUTO', on: false });
    run.rows();
    expect(run.state).toBe('three.ready');
  });

  test('with inputs that were changed before', () => {
    const run = stepping("  - { id: one, effect: read, sql: 'SELECT ${{ inputs.least }}' }\n", {
      auto: false,
    });
    run.send({ type: 'EDIT', inputs: { least: 7 }, targets: {} });
    expect(asked(run)).toMatchObject({ for: 'start', action: { values: [7] } });
  });
});
