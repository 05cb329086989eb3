import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parsed, shipped } from '../fixtures/compiled.ts';
import { appliedAll } from '../fixtures/effects/applied.ts';
import { failuresOf, rehearsed } from '../fixtures/rehearsed.ts';

const ORDERS = parsed(`
name: inline
title: Orders are stuck
summary: Orders stay in the queue.
inputs:
  url: { type: url, secret: true }
  least: { type: number, default: 10 }
targets: { db: { database: '\${{ inputs.url }}' } }
steps:
  - id: count
    effect: read
    on: db
    sql: SELECT count(*) AS waiting FROM orders
    retry: { attempts: 2, delay: 1h, on: [timeout] }
    next:
      - if: result.row.waiting >= inputs.least
        finding: \${{ result.row.waiting }} orders wait since \${{ result.row.since }}.
        goto: release
      - goto: fine
  - id: release
    effect: destructive
    on: db
    preview: { sql: SELECT pid FROM locks, fresh_for: 30s }
    sql: SELECT end_it(pid) FROM s WHERE pid IN (\${{ preview.rows.map(r, r.pid) }})
    confirm: { phrase: '\${{ targets.db.database }}', warning: They lose their work. }
    verify: { sql: SELECT count(*) AS waiting FROM orders, until: result.row.waiting < inputs.least, within: 10s, every: 2s }
  - { id: fine, finish: { outcome: resolved, summary: Orders flow. } }
`);

/** A case of the orders, with what a test wants different. */
function caseOf(parts: { steps?: string; answers?: string; expect?: string } = {}): string {
  return `inputs: { url: postgres://app:hunter22@db1/shop }
cases:
  - name: orders wait
    steps:
${parts.steps ?? STEPS}
${parts.answers ?? '    answers: [{ confirm: release }]'}
    expect:
${parts.expect ?? '      path: [count, release, fine]'}
`;
}

const STEPS = `      count: { row: { waiting: 40, since: noon } }
      release:
        preview: { rows: [{ pid: 7 }] }
        result: { rows: [{ ended: true }] }
        verify: [{ row: { waiting: 20 } }, { row: { waiting: 0 } }]`;

describe('the cases of a shipped runbook', () => {
  const text = readFileSync(
    new URL('../../runbooks/pool-exhausted.test.yaml', import.meta.url),
    'utf8',
  );
  const { results, coverage } = rehearsed(appliedAll(shipped('pool-exhausted')).runbook, text);

  test('all pass', () => {
    expect(results.filter(({ failures }) => failures.length > 0)).toEqual([]);
    expect(results.length).toBeGreaterThan(15);
  });

  test('take every branch', () => {
    expect(coverage).toMatchObject({ percent: 100, missed: [] });
  });
});

describe('a case', () => {
  test('passes when the run is as it says', () => {
    const full = `      path: [count, ..., fine]
      outcome: resolved
      summary: Orders flow
      findings: [40 orders wait since noon]
      gates:
        - { step: release, effect: destructive, level: type, phrase: shop, rows: 1, shows: [end_it, app@db1, lose their work] }
      statuses: { release: succeeded }`;
    expect(failuresOf(ORDERS, caseOf({ expect: full }))).toBe('');
  });

  test('says where the run went another way, and by which condition and values', () => {
    const steps = STEPS.replace('waiting: 40', 'waiting: 4');
    expect(failuresOf(ORDERS, caseOf({ steps, answers: '' }))).toMatchInlineSnapshot(`
      "the run took another path
      12 |       path: [count, release, fine]
         |                     ^^^^^^^ expected release, and the run came to fine
      expected  count → release → fine
      actual    count → fine
      count went to fine by clause 2, the default (line 19)
        not clause 1 "result.row.waiting >= inputs.least" (line 16)
        where result.row.waiting = 4
        where inputs.least = 10"
    `);
  });

  test('says what to add where a result is missing', () => {
    const steps = STEPS.replace(/ {8}result:.*\n/, '');
    expect(failuresOf(ORDERS, caseOf({ steps }))).toMatchInlineSnapshot(`
      "release ran, and the case has no result for it
      6 |       release:
        |       ^^^^^^^ it has preview, verify
      path so far: count → release
      add: result: { rows: [] }"
    `);
  });

  test('says what to add where a step has no results at all', () => {
    const steps = STEPS.replace(/ {6}count:.*\n/, '');
    expect(failuresOf(ORDERS, caseOf({ steps }))).toMatchInlineSnapshot(`
      "count ran, and the case has no result for it
      3 |   - name: orders wait
        |           ^^^^^^^^^^^
      path so far: count
      add: steps:
        count: { row: { waiting: "…", since: "…" } }"
    `);
  });

  test('fails when a list of results is used up', () => {
    const steps = STEPS.replace(', { row: { waiting: 0 } }]', ']');
    expect(failuresOf(ORDERS, caseOf({ steps }))).toMatchInlineSnapshot(`
      "the verify of release ran for the second time, and its list has one result
      9 |         verify: [{ row: { waiting: 20 } }]
        |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^ add one to the list
      path so far: count → release
      add: - { row: { waiting: "…" } }"
    `);
  });

  test('fails when a result is never used, unless it may be', () => {
    const steps = STEPS.replace('0 } }]', '0 } }, { row: { waiting: 3 } }]');
    expect(failuresOf(ORDERS, caseOf({ steps }))).toMatchInlineSnapshot(`
      "the verify of release did not run for this result
      9 |         verify: [{ row: { waiting: 20 } }, { row: { waiting: 0 } }, { row: { waiting: 3 } }]
        |                                                                     ^^^^^^^^^^^^^^^^^^^^^^^ leave it out, or write optional: true"
    `);
    const optional = steps.replace('3 } }', '3 }, optional: true }');
    expect(failuresOf(ORDERS, caseOf({ steps: optional }))).toBe('');
  });

  test('says what the run waits for and what can be answered', () => {
    expect(failuresOf(ORDERS, caseOf({ answers: '' }))).toMatchInlineSnapshot(`
      "the gate of release waits, and the case has no answer for it
      3 |   - name: orders wait
        |           ^^^^^^^^^^^ the operator can confirm, decline, refresh, leave_out, skip, jump, abort, leave
      path so far: count → release
      add: answers:
        - confirm: release"
    `);
  });

  test('says when an answer is for another step, or not possible', () => {
    const wrong = failuresOf(ORDERS, caseOf({ answers: '    answers: [{ done: fine }]' }));
    expect(wrong).toMatchInlineSnapshot(`
      "the gate of release waits, and the next answer is for fine
      10 |     answers: [{ done: fine }]
         |               ^^^^^^^^^^^^^^ an answer at release must come before it
      path so far: count → release
      add: - confirm: release"
    `);
    const impossible = failuresOf(ORDERS, caseOf({ answers: '    answers: [{ done: release }]' }));
    expect(impossible).toContain('the gate of release waits; "done" is not possible there');
  });

  test('fails when an answer is never asked for', () => {
    const answers = '    answers: [{ confirm: release }, { skip: fine }]';
    expect(failuresOf(ORDERS, caseOf({ answers }))).toContain(
      'the operator was never asked to skip fine',
    );
  });

  test('says in which way a gate is another one, and shows it', () => {
    const gates = '      gates: [{ step: release, shows: [end_all] }]';
    expect(failuresOf(ORDERS, caseOf({ expect: gates }))).toMatchInlineSnapshot(`
      "the gate of release differs
      12 |       gates: [{ step: release, shows: [end_all] }]
         |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ it does not show "end_all"
      gates: release
        destructive, confirmed by typing shop
        on db · postgres app@db1:5432/shop
        SELECT end_it(pid) FROM s WHERE pid IN ($1)
        values: 7
        warning: They lose their work.
        row: {"pid":7}"
    `);
  });

  test('says when a gate opened that is not expected, or did not open', () => {
    expect(failuresOf(ORDERS, caseOf({ expect: '      gates: []' }))).toContain(
      'one more gate opened: release',
    );
    expect(failuresOf(ORDERS, caseOf({ expect: '      gates: [release, release]' }))).toContain(
      'the gate of release did not open',
    );
  });

  test('says when it ends in another way, with another summary, finding or status', () => {
    const wrong = `      outcome: escalated
      summary: Nothing flows
      continue_with: triage
      findings: [41 orders]
      statuses: { release: skipped }`;
    expect(failuresOf(ORDERS, caseOf({ expect: wrong }))).toMatchInlineSnapshot(`
      "the run ended resolved
      12 |       outcome: escalated
         |                ^^^^^^^^^ expected escalated
      path: count → release → fine

      the summary differs
      13 |       summary: Nothing flows
         |                ^^^^^^^^^^^^^ this is not in it
      summary: Orders flow.

      the run ends with no runbook to continue
      14 |       continue_with: triage
         |                      ^^^^^^ expected triage

      the findings differ
      15 |       findings: [41 orders]
         |                  ^^^^^^^^^ this is not part of finding 1
      > 1 40 orders wait since noon.

      release is succeeded
      16 |       statuses: { release: skipped }
         |                   ^^^^^^^ expected skipped"
    `);
  });

  test('fails when an operator would read a text with a hole in it', () => {
    const steps = STEPS.replace(', since: noon', '');
    expect(failuresOf(ORDERS, caseOf({ steps }))).toMatchInlineSnapshot(`
      "the finding of count has no value for result.row.since
      3 |   - name: orders wait
        |           ^^^^^^^^^^^ give it in a result, or check that the step it comes from runs before"
    `);
  });

  test('tells a finding from one that is marked as a cause', () => {
    const text = ORDERS.source.text.replace(/^( +)(finding: .*)$/m, '$1$2\n$1cause: true');
    const marked = parsed(text);
    const causes = '      causes: [40 orders wait]';
    expect(failuresOf(marked, caseOf({ expect: causes }))).toBe('');
    expect(failuresOf(ORDERS, caseOf({ expect: causes }))).toContain('there is no such cause');
  });

  test('never shows a secret input', () => {
    const steps = STEPS.replace('since: noon', 'since: postgres://app:hunter22@db1/shop');
    const shown = failuresOf(ORDERS, caseOf({ steps, expect: '      findings: []' }));
    expect(shown).toContain('40 orders wait since ‹secret:url›');
  });
});

describe('the clock of a case', () => {
  test('goes on by itself: a pause of an hour takes no time', () => {
    const steps = STEPS.replace('{ row: { waiting: 40, since: noon } }', TWICE);
    expect(failuresOf(ORDERS, caseOf({ steps }))).toBe('');
  });

  test('counts against the time of a verification', () => {
    const [found] = rehearsed(
      ORDERS,
      caseOf({
        steps: STEPS.replace(/verify: .*/, 'verify: { row: { waiting: 40 } }'),
        answers: '    answers: [{ confirm: release }, { skip: release }]',
      }),
    ).results;
    const checks = found?.rehearsed.events.filter(
      ({ event }) => event.type === 'step.finished' && event.part === 'verify',
    );
    // At 0 s, 2 s, … 10 s: then the ten seconds are over.
    expect(checks?.length).toBe(6);
    expect(found?.failures).toEqual([]);
  });

  test('makes the rows of a gate too old when the operator takes too long', () => {
    const steps = STEPS.replace(
      '{ rows: [{ pid: 7 }] }',
      '[{ rows: [{ pid: 7 }] }, { rows: [{ pid: 8 }] }]',
    );
    const answers = '    answers: [{ confirm: release, after: 31s }, { confirm: release }]';
    const expect_ = '      gates: [release, { step: release, rows: 1 }]\n      outcome: resolved';
    expect(failuresOf(ORDERS, caseOf({ steps, answers, expect: expect_ }))).toBe('');
  });
});

const TWICE = '[{ error: timeout }, { row: { waiting: 40, since: noon } }]';

describe('what an operator does in a case', () => {
  test('a wrong phrase confirms nothing', () => {
    const answers = '    answers: [{ confirm: release, with: shp }]';
    expect(failuresOf(ORDERS, caseOf({ answers }))).toContain('the gate of release waits');
  });

  test('a step can be skipped before it starts', () => {
    const text = caseOf({
      steps: '      release: { preview: { rows: [], optional: true } }',
      answers: '    answers: [{ skip: count, because: known, at: start }]',
      expect: '      { path: [count, fine], statuses: { count: skipped } }',
    });
    expect(failuresOf(ORDERS, text)).toBe('');
    expect(failuresOf(ORDERS, text.replace(', at: start', ''))).toContain(
      'count ran, and the case has no result for it',
    );
  });

  test('a run can be stopped while a step runs, left and aborted', () => {
    const steps = '      count: { row: { waiting: 3 } }';
    const expectLeft = '      outcome: left';
    for (const [end, outcome] of [
      ['leave', 'left'],
      ['abort', 'aborted'],
    ] as const) {
      const answers = `    answers: [{ stop: count }, { ${end}: count }]`;
      const text = caseOf({ steps, answers, expect: expectLeft.replace('left', outcome) });
      expect(failuresOf(ORDERS, text)).toBe('');
    }
  });

  test('an unknown outcome can be looked into', () => {
    const steps = STEPS.replace('{ rows: [{ ended: true }] }', '{ unknown: reset }');
    const answers = '    answers: [{ confirm: release }, { recheck: release }]';
    expect(failuresOf(ORDERS, caseOf({ steps, answers }))).toBe('');
  });
});
