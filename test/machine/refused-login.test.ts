import { describe, expect, test } from 'vitest';
import type { ErrorKind, ErrorPhase } from '#runbook/model/step-error.ts';
import { parsed, Stepper } from '../fixtures/compiled.ts';
import { asked, executed, recorded } from '../fixtures/orders-runbook.ts';

const LOOK = `
name: look
title: Look at the server
summary: It looks.
inputs: { url: { type: url, default: 'postgres://ada@localhost/shop' } }
targets:
  own: { database: '\${{ inputs.url }}', engine: postgres, login: operator }
  app: { database: 'postgres://app@localhost/shop', engine: postgres }
  here: { local: true }
steps:
  - id: look
    on: own
    effect: read
    sql: SELECT 1
    next: [{ if: error.kind == "auth", finding: It is refused., goto: refused }]
  - { id: after, manual: Look. }
  - { id: refused, manual: Look elsewhere. }
`;

type Failure = { readonly kind?: ErrorKind; readonly phase?: ErrorPhase | undefined };

function failing({ kind = 'auth', ...rest }: Failure, text = LOOK): Stepper {
  const run = new Stepper(parsed(text), { inputs: { url: 'postgres://ada@localhost/shop' } });
  const phase = 'phase' in rest ? rest.phase : 'auth';
  const error = { kind, message: 'no', ...(phase && { phase }) };
  run.send({ type: 'FAILED', error, elapsedMs: 0, random: 0 });
  return run;
}

/** Branches on every failure, so that only a refused login of the operator asks. */
const ANY = LOOK.replace('error.kind == "auth"', 'error.kind != "none"');

describe('a login of the operator that is refused', () => {
  test('is put before them, although the runbook says what follows', () => {
    const run = failing({});
    expect(run.state).toBe('look.failed');
    expect(asked(run)).toMatchObject({
      for: 'failure',
      login: true,
      why: { kind: 'own-login' },
      error: { kind: 'auth' },
    });
    expect(recorded(run, 'branch.taken')).toEqual([]);
  });

  test('is corrected, and the step runs again', () => {
    const run = failing({});
    run.send({ type: 'EDIT', inputs: { url: 'postgres://bob@localhost/shop' }, targets: {} });
    expect(executed(run)).toMatchObject([{ step: 'look', attempt: 1 }]);
    run.rows({ n: 1 });
    expect(run.state).toBe('after.asking');
  });

  test.each([
    { type: 'SKIP', reason: 'no' },
    { type: 'MARK_DONE', evidence: 'seen' },
  ] as const)(
    'leads on by the default clause when the step is settled otherwise: $type',
    (event) => {
      const run = failing({}, LOOK.replace('goto: refused }', 'goto: after }, { goto: refused }'));
      run.send(event);
      expect(run.state).toBe('refused.asking');
    },
  );

  test('asks nothing more of a step that is skipped, or was done by hand', () => {
    for (const event of [
      { type: 'SKIP', reason: 'no' },
      { type: 'MARK_DONE', evidence: 'seen' },
    ] as const) {
      const run = failing({});
      run.send(event);
      expect(run.state).toBe('after.asking');
    }
  });

  test('leads where the runbook says when the operator goes on with it', () => {
    const run = failing({});
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('refused.asking');
    expect(recorded(run, 'branch.taken')).toMatchObject([{ finding: 'It is refused.', clause: 0 }]);
  });

  test('asks what no condition can tell when the operator goes on with it', () => {
    const run = failing({}, LOOK.replace('== "auth"', '== "auth" && result.row.n > 1'));
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('look.failed');
    expect(asked(run)).toMatchObject({ for: 'decision', clause: 0 });
  });

  test.each<ErrorKind>(['config', 'dns', 'tls', 'auth', 'no_database', 'no_permission'])(
    'can be mistyped: %s',
    (kind) => {
      expect(asked(failing({ kind }, ANY))).toMatchObject({ for: 'failure', login: true });
    },
  );
});

describe('the runbook decides', () => {
  test.each<[string, Failure, string]>([
    ['about a server that is down', { kind: 'refused', phase: 'tcp' }, ANY],
    ['about a statement that is refused', { kind: 'no_permission', phase: 'query' }, ANY],
    ['where no login was tried', { kind: 'config', phase: undefined }, ANY],
    ['about the login of the application', {}, LOOK.replace('on: own', 'on: app')],
    [
      'about a step that reaches no database',
      {},
      LOOK.replace('on: own', 'on: here').replace('sql: SELECT 1', 'shell: date'),
    ],
  ])('%s', (_, error, text) => {
    expect(failing(error, text).state).toBe('refused.asking');
  });

  test('about nothing that it does not name: the operator is asked as after any failure', () => {
    const waiting = asked(failing({}, LOOK.replace('error.kind == "auth"', '1 == 1')));
    expect(waiting).toMatchObject({ for: 'failure', error: { kind: 'auth' } });
    expect(waiting?.login).toBeUndefined();
  });
});

test('a step that is passed over and named by a clause asks for no login', () => {
  const run = new Stepper(parsed(LOOK.replace('on: own', "on: own\n    if: 'false'")));
  expect(run.state).toBe('after.asking');
});
