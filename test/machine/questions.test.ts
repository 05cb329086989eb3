import { describe, expect, test } from 'vitest';
import { asked, executed, failure, recorded, stepping } from '../fixtures/orders-runbook.ts';

const ASK = (ask: string) => `
  - { id: which, ask: ${ask} }
  - { id: tell, manual: 'It is \${{ steps.which.answer }}.' }
`;

describe('a question waits for its answer', () => {
  test('and is put with the values it names', () => {
    const run = stepping(ASK("'More than ${{ inputs.least }}?'"));
    expect(asked(run)).toMatchObject({ for: 'answer', prompt: 'More than 4?', secret: false });
  });

  test('also when no step runs by itself', () => {
    const run = stepping(ASK('Which?'), { auto: false });
    expect(run.state).toBe('which.asking');
  });

  test('which later steps know', () => {
    const run = stepping(ASK('Which?'));
    run.send({ type: 'ANSWER', value: 'orders' });
    expect(asked(run)?.prompt).toBe('It is orders.');
  });

  test('which is one of its choices', () => {
    const run = stepping(ASK('{ question: Which?, choices: [orders, carts] }'));
    expect(asked(run)?.choices).toEqual(['orders', 'carts']);
    run.send({ type: 'ANSWER', value: 'order' });
    expect(run.state).toBe('which.asking');
    expect(asked(run)?.why).toEqual({ kind: 'not-a-choice' });
    run.send({ type: 'ANSWER', value: 'carts' });
    expect(run.state).toBe('tell.asking');
  });

  describe('from what an earlier step found', () => {
    const found = (lines: readonly string[]) => {
      const run = stepping(`
  - { id: pods, shell: ls, parse: lines, effect: read }
  - { id: which, ask: { question: Which?, choices: steps.pods.lines } }
  - { id: tell, manual: 'It is \${{ steps.which.answer }}.' }
`);
      run.send({ type: 'SUCCEEDED', result: { lines }, at: '', elapsedMs: 1 });
      return run;
    };

    test('is one of these', () => {
      const run = found(['pod/a', 'pod/b', 'pod/a']);
      expect(asked(run)?.choices).toEqual(['pod/a', 'pod/b']);
      run.send({ type: 'ANSWER', value: 'pod/c' });
      expect(run.state).toBe('which.asking');
      run.send({ type: 'ANSWER', value: 'pod/b' });
      expect(asked(run)?.prompt).toBe('It is pod/b.');
    });

    test.each([
      [[], /the list is empty/],
      [['pod/a', '\u001b[2Jpod/b'], /an item has control characters/],
      [[' '], /an item is empty/],
      [Array.from({ length: 101 }, (_, nth) => `pod/${nth}`), /101 choices, and at most 100/],
    ])('fails when it cannot be chosen from: %#', (lines, why) => {
      expect(asked(found(lines))).toMatchObject({
        for: 'failure',
        error: { kind: 'unresolved', message: expect.stringMatching(why) },
      });
    });
  });

  test.each(['', ' ', 'four', 'NaN', 'Infinity'])('which is a number: not %j', (value) => {
    const run = stepping(ASK('{ question: How many?, type: number }'));
    run.send({ type: 'ANSWER', value });
    expect(run.state).toBe('which.asking');
    expect(asked(run)?.why).toEqual({ kind: 'not-a-number' });
  });

  describe('of several', () => {
    const several = () => {
      const run = stepping(`
  - { id: pods, shell: ls, parse: lines, effect: read }
  - id: which
    ask:
      question: 'What is it about, of \${{ inputs.least }}?'
      fields:
        why: Why?
        pod: { question: Which?, choices: steps.pods.lines }
        count: { question: How many?, type: number }
  - id: tell
    manual: '\${{ steps.which.answers.pod }}, \${{ steps.which.answers.count + 1.0 }}, \${{ steps.which.answers.why }}.'
`);
      run.send({ type: 'SUCCEEDED', result: { lines: ['a', 'b'] }, at: '', elapsedMs: 1 });
      return run;
    };

    test('which are put in order, each below the common one', () => {
      const run = several();
      expect(asked(run)).toMatchObject({
        prompt: 'What is it about, of 4?\n1 of 3: Why?',
        field: { name: 'why', index: 1, count: 3 },
        choices: [],
      });
      run.send({ type: 'ANSWER', value: 'so' });
      expect(asked(run)).toMatchObject({ field: { name: 'pod', index: 2 }, choices: ['a', 'b'] });
      run.send({ type: 'ANSWER', value: 'b' });
      run.send({ type: 'ANSWER', value: '4' });
      expect(asked(run)?.prompt).toBe('b, 5, so.');
    });

    test('each of which is checked', () => {
      const run = several();
      run.send({ type: 'ANSWER', value: 'so' });
      run.send({ type: 'ANSWER', value: 'c' });
      expect(asked(run)).toMatchObject({
        why: { kind: 'not-a-choice' },
        field: { index: 2 },
      });
      run.send({ type: 'ANSWER', value: 'a' });
      run.send({ type: 'ANSWER', value: 'many' });
      expect(asked(run)).toMatchObject({ why: { kind: 'not-a-number' }, field: { index: 3 } });
    });

    test('which are asked for again from the first one on another visit', () => {
      const run = several();
      run.send({ type: 'ANSWER', value: 'so' });
      run.send({ type: 'JUMP.which' });
      expect(asked(run)).toMatchObject({ field: { index: 1 } });
    });
  });

  test('and is a number to expressions then', () => {
    const run = stepping(`
  - { id: which, ask: { question: How many?, type: number }, next: [{ if: result.answer > 4, goto: many }] }
  - { id: few, manual: Look. }
  - { id: many, manual: Look. }
`);
    run.send({ type: 'ANSWER', value: '5.5' });
    expect(run.state).toBe('many.asking');
  });

  test('and says when it is secret', () => {
    const run = stepping('  - { id: whose, ask: { question: Whose?, type: secret } }\n');
    expect(asked(run)?.secret).toBe(true);
  });

  test('or is skipped', () => {
    const run = stepping(ASK('Which?'));
    run.send({ type: 'SKIP', reason: 'nobody knows' });
    expect(asked(run)?.prompt).toBe('It is ‹no steps.which.answer›.');
  });
});

describe('a question for the value of an input', () => {
  const STEPS = `
  - { id: which, ask: { question: How many?, input: least }, next: [{ if: result.given, goto: given }] }
  - { id: none, manual: 'It stays \${{ inputs.least }}.' }
  - { id: given, manual: 'It is \${{ inputs.least }} now.' }
`;

  test('names the input', () => {
    expect(asked(stepping(STEPS))).toMatchObject({ for: 'answer', input: 'least' });
  });

  test('makes the answer its value', () => {
    const run = stepping(STEPS);
    run.send({ type: 'ANSWER', value: '9', inputs: { least: 9 } });
    expect(asked(run)?.prompt).toBe('It is 9 now.');
    expect(run.at.snapshot.context.steps.which).toMatchObject({ given: true });
    expect(run.at.snapshot.context.steps.which).not.toHaveProperty('answer');
  });

  test('leaves it as it was without a value', () => {
    const run = stepping(STEPS);
    run.send({ type: 'ANSWER', value: '' });
    expect(asked(run)?.prompt).toBe('It stays 4.');
  });
});

describe('an instruction waits for a report', () => {
  const MANUAL = `
  - { id: restart, manual: Restart it., next: [{ if: result.done, goto: good }] }
  - { id: bad, manual: 'Because: \${{ steps.restart.evidence }}' }
  - { id: good, manual: 'Seen: \${{ steps.restart.evidence }}' }
`;

  test('that it was done, with what shows it', () => {
    const run = stepping(MANUAL);
    expect(asked(run)).toMatchObject({ for: 'report', prompt: 'Restart it.' });
    run.send({ type: 'REPORT', done: true, evidence: 'it is up' });
    expect(asked(run)?.prompt).toBe('Seen: it is up');
  });

  test('that it was not done is an answer, not a failure', () => {
    const run = stepping(MANUAL);
    run.send({ type: 'REPORT', done: false, evidence: 'no access' });
    expect(recorded(run, 'step.settled')).toEqual([
      { type: 'step.settled', step: expect.any(String), status: 'succeeded' },
    ]);
    expect(asked(run)?.prompt).toBe('Because: no access');
  });

  test('is not answered by what answers a question', () => {
    const run = stepping(MANUAL);
    run.send({ type: 'ANSWER', value: 'yes' });
    expect(run.state).toBe('restart.asking');
  });
});

describe('a wait', () => {
  const WAIT = '  - { id: pause, wait: 5s }\n  - { id: after, manual: Look. }\n';

  test('is carried out like an action', () => {
    const run = stepping(WAIT);
    expect(executed(run)).toMatchObject([{ effect: 'read', action: { kind: 'wait', ms: 5_000 } }]);
    run.send({ type: 'SUCCEEDED', result: { ms: 5_001 }, at: '', elapsedMs: 0 });
    expect(run.state).toBe('after.asking');
    expect(run.at.snapshot.context.steps.pause).toMatchObject({ ms: 5_001 });
  });

  test('that the operator ended has failed, and can be started again', () => {
    const run = stepping(WAIT);
    run.send(failure('cancelled'));
    expect(run.state).toBe('pause.failed');
    run.send({ type: 'RETRY' });
    expect(run.state).toBe('pause.running');
  });

  test('begins anew in a later process', () => {
    const run = stepping(WAIT);
    run.send({ type: 'INTERRUPTED', started: true });
    expect(executed(run)).toMatchObject([{ action: { ms: 5_000 } }]);
  });
});
