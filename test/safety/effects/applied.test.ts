import { describe, expect, test } from 'vitest';
import { LONGEST_SCRIPT } from '#safety/effects/shell/infer.ts';
import {
  actionOf,
  appliedAll,
  appliedTo,
  effectOf,
  pointedAt,
  runbookOf,
  stepOf,
} from '../../fixtures/effects/applied.ts';

describe('an effect that is left out', () => {
  test.each([
    ['shell: ss -ltnp', 'read'],
    ['shell: systemctl reload postgresql', 'change'],
    ['shell: systemctl restart postgresql', 'destructive'],
    ['shell: /opt/check', 'change'],
    ['shell: nc -vz -- ${{ inputs.name }} 5432', 'read'],
    ['shell: nc -vz ${{ inputs.name }} 5432', 'change'],
    ['shell: nc -vz -- ${{ run.id }} 5432', 'read'],
    ['shell: "${{ inputs.name }} --version"', 'change'],
    ['shell: kubectl ${{ inputs.name }} pods', 'change'],
    ['shell: kubectl get -- ${{ inputs.name }}', 'read'],
    ['shell: find . -name ${{ inputs.name }}', 'read'],
    ['shell: find ${{ inputs.name }} -name x', 'change'],
    ['shell: ls --color=${{ inputs.name }}', 'read'],
    ['shell: cat < ${{ inputs.name }}', 'change'],
    ['shell: \'journalctl --unit=${{ inputs.name != null ? inputs.name : "db" }}\'', 'read'],
    ["shell: 'journalctl --unit=${{ inputs.name != null ? run.id : inputs.url }}'", 'read'],
    [
      'shell: \'ls --color=${{ inputs.name == "x" ? (run.id == "" ? "1" : "a") : run.id }}\'',
      'read',
    ],
    ['shell: \'journalctl --unit=${{ inputs.name == "x" ? ["a", "b"] : inputs.name }}\'', 'change'],
    ['shell: \'journalctl ${{ inputs.name != null ? inputs.name : "db" }}\'', 'change'],
    ['shell: echo x > ${{ inputs.name }}', 'change'],
  ])('is inferred from the script: %s is a %s', (step, effect) => {
    const local = appliedTo(`- id: it\n  ${step}`);
    expect(actionOf(local.runbook, 'it').effect).toBe(effect);
  });

  test.each([
    ['SELECT 1', 'read'],
    ['SELECT pid FROM pg_stat_activity WHERE application_name = ${{ inputs.name }}', 'read'],
    ['SELECT pid FROM pg_stat_activity LIMIT ${{ inputs.name }}::int', 'read'],
    ['SELECT pg_cancel_backend(${{ inputs.name }}::int)', 'change'],
    ['DELETE FROM t', 'destructive'],
    ['SELECT mine(1)', 'change'],
  ])('is inferred from the statement: %s is a %s', (sql, effect) => {
    expect(effectOf(`sql: ${sql}`)).toBe(effect);
  });

  test('asks for a phrase where something is destroyed', () => {
    const { runbook } = appliedTo('- { id: it, on: db, sql: DELETE FROM t }');
    expect(actionOf(runbook, 'it').confirm.level).toBe('type');
  });

  test('does not let what is not a read be tried again by itself', () => {
    const applied = appliedTo('- { id: it, shell: systemctl reload x, retry: { attempts: 2 } }');
    expect(pointedAt(applied)).toEqual(['retry-of-change: reload']);
    expect(pointedAt(appliedTo('- { id: it, shell: ls, retry: { attempts: 2 } }'))).toEqual([]);
  });

  test('does not take a preview for a read', () => {
    const applied = appliedTo('- { id: it, on: db, sql: SELECT 1, preview: { sql: SELECT 2 } }');
    expect(pointedAt(applied)).toEqual(['preview-of-read: SELECT 2']);
  });
});

describe('an effect that is declared', () => {
  test('may be higher than what is inferred', () => {
    expect(effectOf('effect: destructive\n  sql: SELECT 1')).toBe('destructive');
  });

  test('keeps a reason beside an effect that is no read', () => {
    const step = '- { id: it, shell: touch x, effect: change, read_because: It is a mark. }';
    const codes = appliedTo(step).diagnostics.map(({ code }) => code);
    expect(codes).not.toContain('effect-reason-unneeded');
  });

  test.each([
    ['read', 'rm x', 'effect-too-low: rm'],
    ['change', 'rm x', 'effect-too-low: rm'],
    ['read', 'echo > f', 'effect-too-low: > f'],
    ['read', './x', 'effect-not-proven: ./x'],
  ])('of %s on %s is an error at its place', (effect, script, expected) => {
    const applied = appliedTo(`- id: it\n  effect: ${effect}\n  shell: ${script}`);
    expect(pointedAt(applied)).toEqual([expected]);
  });

  test('of change on what cannot be judged is believed', () => {
    expect(pointedAt(appliedTo('- { id: it, effect: change, shell: ./x }'))).toEqual([]);
  });
});

describe('read_because', () => {
  const vouched = (script: string, declared?: 'read') => {
    const runbook = runbookOf(`- { id: it, shell: ${script} }`);
    const step = stepOf(runbook, 'it');
    const does = { ...actionOf(runbook, 'it'), declared, readBecause: 'it says so' };
    return appliedAll({ ...runbook, steps: [{ ...step, does }] });
  };

  test.each([undefined, 'read' as const])(
    'makes a read of what cannot be judged, with effect: %s',
    (declared) => {
      const applied = vouched('./x', declared);
      expect(pointedAt(applied)).toEqual([]);
      expect(actionOf(applied.runbook, 'it').effect).toBe('read');
    },
  );

  test('does not make a read of what is known to change something', () => {
    expect(pointedAt(vouched('rm x'))).toEqual(['effect-too-low: rm']);
  });

  test('is not needed for what is proven', () => {
    const { diagnostics } = vouched('ls');
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'effect-reason-unneeded' }]);
  });
});

test('a value that is made one text cannot become several words', () => {
  const step = (value: string) =>
    `- { id: it, effect: read, shell: "kubectl exec pod/\${{ ${value} }} -- env" }`;
  expect(pointedAt(appliedTo(step('string(inputs.name)')))).toEqual([]);
  const { diagnostics } = appliedTo(
    step('["a", "b"]').replaceAll('"kubectl', "'kubectl").replaceAll('env"', "env'"),
  );
  expect(diagnostics.map(({ message }) => message).join()).not.toContain('write --');
});

test('a script of the greatest length is judged', () => {
  const effectOfLength = (length: number) => {
    const { runbook } = appliedTo(`- { id: it, shell: ${'ls '.padEnd(length, 'x')} }`);
    return actionOf(runbook, 'it').effect;
  };
  expect(effectOfLength(LONGEST_SCRIPT)).toBe('read');
  expect(effectOfLength(LONGEST_SCRIPT + 1)).toBe('change');
  const { diagnostics } = appliedTo(
    `- { id: it, shell: ${'ls '.padEnd(LONGEST_SCRIPT + 1, 'x')} }`,
  );
  expect(diagnostics[0]?.message).toContain('the script is too long to be judged');
});

test('an input that is a list may become several words, one of any other type may not', () => {
  const judged = (input: string) =>
    actionOf(
      appliedTo(`- { id: it, shell: "journalctl --unit=\${{ inputs.${input} }}" }`).runbook,
      'it',
    );
  expect(judged('name').effect).toBe('read');
  expect(judged('names')).toMatchObject({ effect: 'change', confirm: { level: 'type' } });
});
