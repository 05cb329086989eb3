import { describe, expect, test } from 'vitest';
import { PROBE_PARAMETERS, type ProbeParameter } from '#runbook/model/probe-parameters.ts';
import { codesOf, stepOf } from '../fixtures/one-step.ts';

describe('a probe', () => {
  test('only reads, and has ten seconds', () => {
    expect(stepOf('probe: { tcp: { host: queue, port: 5672 } }').does).toMatchObject({
      kind: 'probe',
      effect: 'read',
      timeoutMs: 10_000,
      body: { kind: 'probe', probe: 'tcp', params: { port: 5672, host: { text: 'queue' } } },
    });
  });

  test('keeps what is written as it is, and takes placeholders for everything', () => {
    const { does } = stepOf(
      'probe: { tls: { host: "${{ targets.db.host }}", port: "${{ inputs.port }}", verify: true, ca: x } }',
    );
    const params = 'body' in does && does.body.kind === 'probe' ? does.body.params : {};
    expect(params).toMatchObject({
      verify: true,
      ca: { text: 'x', placeholders: [] },
      host: { placeholders: [{ expression: { text: 'targets.db.host' } }] },
      port: { placeholders: [{ expression: { text: 'inputs.port' } }] },
    });
  });

  test('takes a secret only where it is one', () => {
    expect(codesOf('probe: { login: { url: "${{ inputs.database_url }}" } }')).toEqual([]);
    expect(codesOf('probe: { config: { url: "${{ inputs.database_url }}" } }')).toEqual([]);
    expect(codesOf('probe: { dns: { host: "${{ inputs.database_url }}" } }')).toEqual([
      'secret-in-text',
    ]);
  });

  test('has no place for values in its statement', () => {
    const statement = 'url: x, statement: "SELECT ${{ inputs.port }}"';
    expect(codesOf(`probe: { login: { ${statement} } }`)).toEqual(['placeholder-as-code']);
  });

  test.each(Object.entries(PROBE_PARAMETERS))(
    '%s is told what it has to be told',
    (name, parameters) => {
      const required = Object.values<ProbeParameter>({ ...parameters }).filter(
        (one) => one.required,
      );
      expect(codesOf(`probe: { ${name}: {} }`)).toEqual(required.map(() => 'missing-key'));
    },
  );
});

describe('a wait', () => {
  test('is a pause', () => {
    expect(stepOf('wait: 1.5m').does).toEqual({ kind: 'wait', ms: 90_000, until: undefined });
  });

  test('or looks until something is true', () => {
    const { does } = stepOf('wait: { sql: SELECT 1, until: result.row.x > 1, within: 5m }, on: db');
    expect(does).toMatchObject({
      kind: 'wait',
      ms: 300_000,
      until: {
        body: { kind: 'sql', target: 'db' },
        condition: { text: 'result.row.x > 1' },
        everyMs: 2_000,
        timeoutMs: 10_000,
      },
    });
  });

  test('sees what it looks at, and so does what comes after', () => {
    expect(codesOf('wait: { shell: ls, until: result.row.x > 1, within: 5m }')).toEqual([
      'unknown-name',
    ]);
    const next = 'next: [{ if: result.connected && result.ms > 3 }]';
    expect(
      codesOf(
        `wait: { probe: { tcp: { host: x, port: 1 } }, until: result.connected, within: 5m }, ${next}`,
      ),
    ).toEqual([]);
  });

  test('looks with one thing', () => {
    expect(codesOf('wait: { until: true, within: 5m }')).toEqual(['step-kind']);
    expect(codesOf('wait: { sql: SELECT 1, shell: ls, until: true, within: 5m }')).toEqual([
      'step-kind',
    ]);
  });
});
