import { describe, expect, test } from 'vitest';
import type { ActionStep, Runbook, Step } from '#runbook/model/runbook.ts';
import { applyEffects, type KnownEffects } from '#safety/effects/apply.ts';
import {
  actionOf,
  appliedAll,
  appliedTo,
  pointedAt,
  runbookOf,
  stepOf,
} from '../../fixtures/effects/applied.ts';

describe('what runs without a gate has to be a read:', () => {
  const CHANGE = '- { id: it, shell: systemctl reload x }';

  function asChecked(around: (step: Step, action: ActionStep) => Partial<Runbook>) {
    const runbook = runbookOf(CHANGE);
    return appliedAll({
      ...runbook,
      steps: [],
      ...around(stepOf(runbook, 'it'), actionOf(runbook, 'it')),
    });
  }

  test('a preview and a verification', () => {
    const applied = appliedTo(
      [
        '- id: it',
        '  on: db',
        '  effect: destructive',
        '  preview: { sql: SELECT pg_cancel_backend(1) }',
        '  sql: DELETE FROM t',
        '  verify: { sql: SELECT mine() AS x, until: result.row.x == 1 }',
      ].join('\n'),
    );
    expect(pointedAt(applied)).toEqual([
      'effect-not-read: pg_cancel_backend',
      'effect-not-read: mine',
    ]);
  });

  test('the check of a prerequisite', () => {
    const applied = asChecked((check) => ({ prerequisites: [{ text: 'x', check }] }));
    expect(pointedAt(applied)).toEqual(['effect-not-read: reload']);
    expect(applied.diagnostics[0]?.message).toBe(
      'the check of a prerequisite has to be a read: systemctl reload changes what runs',
    );
    const does = applied.runbook.prerequisites[0]?.check?.does;
    expect(does).toMatchObject({ kind: 'shell', effect: 'read' });
    const without = asChecked(() => ({ prerequisites: [{ text: 'x', check: undefined }] }));
    expect(without.runbook.prerequisites).toEqual([{ text: 'x', check: undefined }]);
  });

  test('a branch of a parallel step', () => {
    const applied = asChecked((step, action) => {
      const branch = { ...step, does: { ...action, effect: 'read' as const } };
      return { steps: [{ ...step, does: { kind: 'parallel', steps: [branch] } }] };
    });
    expect(pointedAt(applied)).toEqual(['effect-not-read: reload']);
  });

  test('what a wait looks at', () => {
    const condition = actionOf(
      runbookOf('- { id: it, shell: ls, expect: result.exit_code == 0 }'),
      'it',
    ).expect;
    if (condition === undefined) throw new Error('there is no condition');
    const applied = asChecked((step, { body }) => {
      const until = { body, readBecause: undefined, condition, everyMs: 1, timeoutMs: 1 };
      return { steps: [{ ...step, does: { kind: 'wait', ms: 1, until } }] };
    });
    expect(pointedAt(applied)).toEqual(['effect-not-read: reload']);
  });

  test('what runs several times at once', () => {
    const applied = asChecked((step, does) => {
      const items = actionOf(runbookOf('- { id: it, shell: ls, expect: "true" }'), 'it').expect;
      if (items === undefined) throw new Error('there is no expression');
      return {
        steps: [
          {
            ...step,
            does,
            forEach: { items, as: 'item', concurrency: 2, maxFailures: 0, gate: 'each' },
          },
        ],
      };
    });
    expect(pointedAt(applied)).toEqual(['effect-not-read: reload']);
  });

  test('the statement of a probe', () => {
    const probing = (statement: string | null) =>
      asChecked((step, action) => {
        const body = {
          kind: 'probe',
          probe: 'login',
          params: { url: 'postgres://h/d', statement },
        } as const;
        return {
          steps: [{ ...step, does: { ...action, kind: 'probe', body, declared: undefined } }],
        };
      });
    expect(pointedAt(probing('SELECT 1'))).toEqual([]);
    expect(actionOf(probing('SELECT 1').runbook, 'it').effect).toBe('read');
    expect(probing('DELETE FROM t').diagnostics).toMatchObject([{ code: 'effect-not-read' }]);
    expect(probing('SELECT mine()').diagnostics).toMatchObject([
      { code: 'effect-not-read', span: { start: 0 } },
    ]);
    expect(pointedAt(probing(null))).toEqual([]);
  });
});

describe('other parts', () => {
  test('an undo that destroys something asks for a phrase', () => {
    const runbook = runbookOf(
      '- { id: it, on: db, sql: INSERT INTO t VALUES (1) }\n- { id: un, on: db, sql: DELETE FROM t }',
    );
    const [step] = runbook.steps;
    if (step === undefined) throw new Error('there is no step');
    const own = actionOf(runbook, 'it');
    const { body, confirm } = actionOf(runbook, 'un');
    const undo = {
      kind: 'action',
      body,
      effect: 'change',
      declared: undefined,
      confirm,
      timeoutMs: 1,
    } as const;
    const applied = appliedAll({ ...runbook, steps: [{ ...step, does: { ...own, undo } }] });
    expect(actionOf(applied.runbook, 'it').undo).toMatchObject({
      effect: 'destructive',
      confirm: { level: 'type' },
    });
  });

  test('a runbook inside a runbook is judged, and its first error shown where it is used', () => {
    const inner = runbookOf('- { id: look, shell: ls }\n- { id: it, effect: read, shell: rm x }');
    const outer = runbookOf('- { id: it, shell: ls }');
    const step = stepOf(outer, 'it');
    const does = { kind: 'runbook', runbook: inner, with: {} } as const;
    const applied = appliedAll({
      ...outer,
      steps: [
        { ...step, does },
        { ...step, id: 'b', does },
      ],
    });
    const errors = applied.diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ message }) => message)).toEqual(
      Array(2).fill(
        'the runbook "x" is not valid: inline:9:36: this is destructive, not a read: rm cannot be taken back',
      ),
    );
    expect(errors[0]).toMatchObject({
      code: 'runbook-invalid',
      span: step.span,
      hint: 'runbook validate x says everything about it',
    });
    const used = stepOf(applied.runbook, 'it').does;
    const judged = used.kind === 'runbook' ? actionOf(used.runbook, 'look').effect : undefined;
    expect(judged).toBe('read');
  });

  test('a runbook inside that is only warned about is no error, and is judged once', () => {
    const inner = runbookOf('- { id: it, shell: ./x }');
    const outer = runbookOf('- { id: it, shell: ls }');
    const does = { kind: 'runbook', runbook: inner, with: {} } as const;
    const known: KnownEffects = new Map();
    const whole = { ...outer, steps: [{ ...stepOf(outer, 'it'), does }] };
    const parsers = { shell: undefined, postgres: undefined };
    const applied = applyEffects(whole, parsers, known);
    expect(applied.diagnostics).toEqual([]);
    expect(known.get(inner)?.diagnostics).toMatchObject([{ code: 'effect-unproven' }]);
    expect(applyEffects(whole, parsers, known)).toBe(applied);
    expect(applyEffects(inner, parsers, known)).toBe(known.get(inner));
  });

  test('a terminal of its own makes a script one that nothing is known about', () => {
    const runbook = runbookOf('- { id: it, effect: read, shell: ls }');
    const step = stepOf(runbook, 'it');
    const does = actionOf(runbook, 'it');
    if (does.body.kind !== 'shell') throw new Error('not a script');
    const body = { ...does.body, interactive: true };
    const applied = appliedAll({ ...runbook, steps: [{ ...step, does: { ...does, body } }] });
    expect(pointedAt(applied)).toEqual(['effect-not-proven: ls']);
  });

  test.each([
    ['LD_PRELOAD', ['effect-not-proven: ./x.so']],
    ['PATH', ['effect-not-proven: ./x.so']],
    ['BASH_ENV', ['effect-not-proven: ./x.so']],
    ['QUEUE', []],
    ['PGPASSWORD', []],
  ])('the variable %s given to a script counts', (name, expected) => {
    const applied = appliedTo(`- { id: it, effect: read, shell: ls, env: { ${name}: ./x.so } }`);
    expect(pointedAt(applied)).toEqual(expected);
  });

  test('a variable that is called a URL is no flag only if it is one, or nobody sets it', () => {
    const step = (env: string) =>
      `- id: it\n  effect: read\n  shell: psql "$APP_URL" -c 'SELECT 1'\n${env}`;
    expect(pointedAt(appliedTo(step('')))).toEqual([]);
    expect(pointedAt(appliedTo(step('  env: { APP_URL: "${{ inputs.url }}" }')))).toEqual([]);
    expect(pointedAt(appliedTo(step('  env: { APP_URL: "${{ inputs.name }}" }')))).toEqual([
      'effect-not-proven: "$APP_URL"',
    ]);
  });
});
