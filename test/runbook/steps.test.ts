import { describe, expect, test } from 'vitest';
import { parseRunbook } from '#runbook/parse.ts';
import { codesOf, HEAD, runbookOf, stepOf } from '../fixtures/one-step.ts';

describe('a script', () => {
  test('can be parsed, and can have the terminal', () => {
    expect(stepOf('shell: ls, parse: json').does).toMatchObject({
      body: { parse: 'json', interactive: false },
    });
    expect(stepOf('shell: vi, interactive: true').does).toMatchObject({
      body: { parse: 'text', interactive: true },
    });
  });

  test('has the fields that parsing gives it, and no others', () => {
    const reads = (field: string) => `next: [{ if: result.${field} == null }]`;
    expect(codesOf(`shell: ls, parse: json, ${reads('json')}`)).toEqual([]);
    expect(codesOf(`shell: ls, parse: lines, ${reads('json')}`)).toEqual(['unknown-name']);
    expect(codesOf(`shell: vi, interactive: true, ${reads('stdout')}`)).toEqual(['unknown-name']);
  });

  test.each(['shop', 'cache', 'api'])('runs on the machine %s', (target) => {
    expect(stepOf(`shell: ls, on: ${target}`).does).toMatchObject({ body: { target } });
  });

  test('runs here where it names no target, whatever others there are', () => {
    expect(stepOf('shell: ls').does).toMatchObject({ body: { target: 'local' } });
  });

  test('only reads where its author says why', () => {
    const { does } = stepOf('shell: /opt/status, read_because: It only asks.');
    expect(does).toMatchObject({
      effect: 'read',
      declared: undefined,
      readBecause: 'It only asks.',
    });
  });
});

describe('a question with fields', () => {
  const FIELDS = 'fields: { why: Why?, count: { question: How many?, type: number } }';
  const asks = (more: string, next = 'true') =>
    codesOf(`ask: { question: What?, ${more} }, next: [{ if: '${next}' }, {}]`);

  test('has an answer of its type for each, and no other', () => {
    expect(asks(FIELDS, 'result.answers.count > 3.0 && result.answers.why != ""')).toEqual([]);
    expect(asks(FIELDS, 'result.answers.other == ""')).toEqual(['unknown-name']);
    expect(asks(FIELDS, 'result.answer == ""')).toEqual(['unknown-name']);
    expect(asks(FIELDS, 'result.answers.why > 3.0')).toEqual(['type-mismatch']);
    const choice = 'fields: { site: { question: Where?, choices: [north, south] } }';
    expect(asks(choice, 'result.answers.site == "east"')).toEqual(['unknown-value']);
  });

  test.each([
    [`${FIELDS}, type: number`, 'keys-conflict'],
    [`${FIELDS}, choices: [a]`, 'keys-conflict'],
    [`${FIELDS}, input: port`, 'keys-conflict'],
    ['fields: {}', 'missing-key'],
    ['fields: { site: { question: Where?, type: choice } }', 'missing-key'],
    ['fields: { code: { question: Which?, type: secret } }', 'wrong-value'],
    ['fields: { code: "${{ inputs.database_url }}" }', 'secret-in-text'],
    ['fields: { code: { question: Which?, choices: "[inputs.database_url]" } }', 'secret-in-text'],
    ['fields: { code: { question: Which?, input: port } }', 'unknown-key'],
  ])('is refused where it says what cannot be: %s', (more, code) => {
    expect(asks(more)).toContain(code);
  });
});

describe('a step that is repeated', () => {
  test('has items with a name', () => {
    expect(stepOf('for_each: \'["a"]\', shell: "echo ${{ item }}"').forEach).toMatchObject({
      items: { text: '["a"]' },
      as: 'item',
      concurrency: 1,
    });
    expect(
      stepOf('for_each: \'["a"]\', as: one, concurrency: 3, shell: ls, effect: read').forEach,
    ).toMatchObject({
      as: 'one',
      concurrency: 3,
    });
  });

  test('calls the item by its name and no other, and not before there is one', () => {
    const repeated = 'for_each: \'["a"]\', as: one';
    expect(codesOf(`${repeated}, shell: "echo \${{ one }}", expect: one != ""`)).toEqual([]);
    expect(codesOf(`${repeated}, shell: "echo \${{ item }}"`)).toEqual(['unknown-name']);
    expect(codesOf(`${repeated}, shell: ls, if: one == "a"`)).toEqual(['unknown-name']);
    expect(codesOf(`${repeated}, shell: ls, next: [{ if: one == "a" }]`)).toEqual(['unknown-name']);
  });

  test('sees one result inside, and all of them in next', () => {
    const repeated = 'for_each: \'["a"]\', shell: ls';
    expect(
      codesOf(`${repeated}, expect: result.stdout != "", next: [{ if: result.failed > 0 }]`),
    ).toEqual([]);
    expect(codesOf(`${repeated}, next: [{ if: result.stdout != "" }]`)).toEqual(['unknown-name']);
  });

  test.each(['change', 'destructive'])('never changes several things at once (%s)', (effect) => {
    expect(
      codesOf(`for_each: '["a"]', concurrency: 2, effect: ${effect}, shell: ls, undo: { none: x }`),
    ).toContain('concurrency-of-change');
  });
});

describe('an undo', () => {
  test('is an action with a gate of its own', () => {
    const { does } = stepOf(
      'on: db, sql: UPDATE x, undo: { sql: "UPDATE y IN (${{ result.rows }})", effect: destructive, timeout: 3s }',
    );
    expect('undo' in does && does.undo).toMatchObject({
      kind: 'action',
      effect: 'destructive',
      confirm: { level: 'type' },
      timeoutMs: 3_000,
      body: { kind: 'sql', target: 'db' },
    });
  });

  test('runs on a target of its own, and else on that of the step', () => {
    const target = (undo: string) => {
      const { does } = stepOf(`shell: ls, on: shop, undo: { shell: ls${undo} }`);
      return (
        'undo' in does &&
        does.undo?.kind === 'action' &&
        'target' in does.undo.body &&
        does.undo.body.target
      );
    };
    expect(target('')).toBe('shop');
    expect(target(', on: cache')).toBe('cache');
    expect(codesOf('shell: ls, on: shop, undo: { shell: ls, on: db }')).toEqual(['wrong-target']);
    expect(codesOf('shell: ls, on: shop, undo: { shell: ls, on: nowhere }')).toEqual([
      'unknown-target',
    ]);
  });

  test('can use what the step found and did, and what it was for', () => {
    const repeated = 'for_each: \'["a"]\'';
    expect(
      codesOf(`${repeated}, shell: ls, undo: { shell: "mv \${{ item }} \${{ result.stdout }}" }`),
    ).toEqual([]);
    expect(codesOf('shell: ls, undo: { shell: "mv ${{ preview.rows }}" }')).toEqual([
      'unknown-name',
    ]);
  });

  test('puts no secret where it is seen', () => {
    const secret = '"${{ inputs.database_url }}"';
    expect(codesOf(`shell: ls, undo: { shell: ${secret} }`)).toEqual(['secret-in-argv']);
    expect(codesOf(`shell: ls, undo: { shell: ls, confirm: { warning: ${secret} } }`)).toEqual([
      'secret-in-text',
    ]);
  });

  test('is there, or is not there, or is one thing', () => {
    expect(codesOf('shell: ls, undo: {}')).toEqual(['step-kind']);
    expect(codesOf('shell: ls, undo: { none: x, shell: ls }')).toEqual(['keys-conflict']);
    expect(codesOf('shell: ls, undo: { sql: SELECT 1, shell: ls }')).toEqual(['step-kind']);
  });
});

describe('branches', () => {
  const steps = `  - id: both
    phase: fix
    parallel:
      - { id: name, probe: { dns: { host: x } }, timeout: 2s }
      - { id: log, shell: tail x.log, parse: lines, on: shop }
`;

  test('only read, in the phase of their step', () => {
    const [both] = runbookOf(steps).steps;
    expect(both?.does).toMatchObject({
      kind: 'parallel',
      steps: [
        {
          id: 'name',
          phase: 'fix',
          next: [],
          does: { kind: 'probe', effect: 'read', timeoutMs: 2_000 },
        },
        {
          id: 'log',
          does: { kind: 'shell', effect: 'read', body: { target: 'shop', parse: 'lines' } },
        },
      ],
    });
  });

  test('have ids that no other step has', () => {
    const twice = `${steps}  - { id: log, manual: x }\n`;
    const result = parseRunbook({ file: 'steps.yaml', text: `${HEAD}steps:\n${twice}` });
    expect(result.ok ? [] : result.diagnostics.map(({ code }) => code)).toContain('duplicate-id');
  });
});

describe('prerequisites', () => {
  test('are texts, or are looked for before the first step', () => {
    const { prerequisites } = runbookOf(
      '  - { id: one, manual: x }\n',
      'prerequisites:\n  - A role\n  - { text: A login, probe: { login: { url: "${{ inputs.database_url }}" } } }\n  - { text: psql, shell: command -v psql, expect: result.exit_code == 0, timeout: 3s }\n',
    );
    expect(prerequisites).toMatchObject([
      { text: 'A role', check: undefined },
      {
        text: 'A login',
        check: { id: 'prerequisite-2', title: 'A login', does: { kind: 'probe' } },
      },
      {
        check: {
          id: 'prerequisite-3',
          does: {
            kind: 'shell',
            effect: 'read',
            timeoutMs: 3_000,
            expect: { text: 'result.exit_code == 0' },
          },
        },
      },
    ]);
  });

  test('know no steps', () => {
    const text = `${HEAD}prerequisites: [{ text: x, shell: "echo \${{ steps.one.done }}" }]\nsteps: [{ id: one, manual: x }]\n`;
    const result = parseRunbook({ file: 'steps.yaml', text });
    expect(result.ok ? [] : result.diagnostics.map(({ code }) => code)).toContain('unknown-name');
  });
});

describe('targets', () => {
  test('are databases and machines', () => {
    expect(runbookOf('  - { id: one, manual: x }\n').targets).toMatchObject([
      { kind: 'database', name: 'db' },
      { kind: 'ssh', ssh: { text: 'oncall@shop-1' } },
      { kind: 'docker', container: { text: 'redis' } },
      {
        kind: 'kubernetes',
        context: { text: 'prod' },
        namespace: { text: 'shop' },
        workload: { kind: 'deployment', name: { text: 'api' } },
        container: { text: 'web' },
      },
    ]);
  });

  test('have no secrets in an address that stands on a command line', () => {
    const text = HEAD.replace('ssh: oncall@shop-1', 'ssh: "${{ inputs.database_url }}"');
    const result = parseRunbook({
      file: 'steps.yaml',
      text: `${text}steps: [{ id: one, manual: x }]\n`,
    });
    expect(result.ok ? [] : result.diagnostics.map(({ code }) => code)).toContain('secret-in-argv');
  });
});
