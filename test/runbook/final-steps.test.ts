import { describe, expect, test } from 'vitest';
import { parseRunbook } from '#runbook/parse.ts';

/** Every problem of a runbook with these last steps, as `code: message`. */
function problemsOf(final: string, next = ''): readonly string[] {
  const text = `name: x
title: X
summary: X
targets: { db: { database: postgres://localhost/shop, engine: postgres } }
steps:
  - { id: look, effect: read, on: db, sql: SELECT 1 AS n${next} }
  - { id: free, effect: read, on: db, sql: SELECT 1 AS n }
  - { id: end, finish: { outcome: resolved, summary: It is over. } }
finally:
  - ${final}
`;
  const parsed = parseRunbook({ file: 'x', text });
  const all = parsed.ok ? parsed.warnings : parsed.diagnostics;
  return all.map(({ code, message }) => `${code}: ${message}`);
}

describe('the steps of finally', () => {
  test('may read what was found, if they ask whether it was', () => {
    expect(
      problemsOf(
        '{ id: tell, if: steps.free.status == "succeeded", manual: "${{ steps.free.row.n }}" }',
      ),
    ).toEqual([]);
    expect(problemsOf('{ id: tell, manual: "${{ steps.free.row.n }}" }')).toEqual([
      'step-may-not-have-run: "free" may not have run when "tell" does',
    ]);
  });

  test('may repeat a read of the steps before', () => {
    const close = (again: string) =>
      `{ id: close, effect: change, on: db, sql: SELECT f(), verify: { again: ${again}, until: result.row.n > 0, within: 5s } }`;
    expect(problemsOf(close('free'))).toEqual([]);
    expect(problemsOf(close('fre'))).toContainEqual(expect.stringContaining('unknown-step'));
  });

  test('cannot end the run', () => {
    expect(problemsOf('{ id: tell, finish: { outcome: resolved, summary: Over. } }')).toEqual([
      'step-kind: "tell" is in finally:, when the run has ended already',
    ]);
  });

  test('cannot lead back into the steps', () => {
    expect(problemsOf('{ id: tell, manual: Tell., next: look }')).toContain(
      'unknown-step: finally: has no step "look"',
    );
  });

  test('are not reached by a jump', () => {
    expect(problemsOf('{ id: tell, manual: Tell. }', ', next: tell')).toContain(
      'unknown-step: "tell" is a step of finally:, which runs by itself at the end',
    );
  });
});
