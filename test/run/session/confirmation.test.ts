import { describe, expect, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import type { Advance } from '#machine/advance.ts';
import { answered, refuseUnconfirmed } from '#run/session/confirmation.ts';
import { gate, recorded, stepping } from '../../fixtures/orders-runbook.ts';

const CHANGE = '  - { id: one, on: db, effect: change, sql: SELECT do_it() }\n';

const CONFIRMED = {
  type: 'gate.answered',
  step: 'one',
  answer: 'confirmed',
  operator: 'ada',
} as const;

describe('a confirmation', () => {
  test('that opens its gate is recorded as it is, and lets the change start', () => {
    const run = stepping(CHANGE);
    const digest = gate(run)?.digest ?? '';
    run.send({ type: 'CONFIRM', digest });
    const event = { ...CONFIRMED, digest };
    expect(answered(event, run.at)).toEqual(event);
    expect(() => refuseUnconfirmed(event, run.at)).not.toThrow();
  });

  test('that does not open it is recorded as refused, with the reason', () => {
    const run = stepping(CHANGE);
    run.send({ type: 'CONFIRM', digest: 'another' });
    const event = { ...CONFIRMED, digest: 'another' };
    expect(answered(event, run.at)).toEqual({
      ...event,
      answer: 'refused',
      reason: 'it is not what the gate shows',
      why: { kind: 'other-gate' },
    });
  });

  test('that leads nowhere is refused all the same', () => {
    const event = { ...CONFIRMED, digest: 'x' };
    const nowhere: Advance = { ...stepping(CHANGE).at, effects: [] };
    expect(answered(event, nowhere)).toMatchObject({
      answer: 'refused',
      reason: 'it was not possible',
    });
  });

  test('is refused with the reason of the refusal, whatever else was decided', () => {
    const effects = [
      { type: 'record', params: { type: 'step.entered', step: 'one', visit: 2 } },
      { type: 'refuse', params: { step: 'one', why: { kind: 'other-server' } } },
    ] as const;
    expect(answered({ ...CONFIRMED, digest: 'x' }, { ...stepping(CHANGE).at, effects })).toEqual(
      expect.objectContaining({ answer: 'refused', why: { kind: 'other-server' } }),
    );
  });

  test('that leads to another read than that of its rows is refused', () => {
    const preview = stepping(ROWS).at;
    expect(preview.effects).toMatchObject([
      expect.anything(),
      { type: 'executeRead', params: { part: 'preview' } },
    ]);
    expect(answered({ ...CONFIRMED, digest: 'x' }, preview)).toMatchObject({ answer: 'refused' });
  });

  test('after which a step settled without being simulated is refused', () => {
    const settled = { type: 'step.settled', step: 'one', status: 'failed' } as const;
    const next: Advance = {
      ...stepping(CHANGE).at,
      effects: [{ type: 'record', params: settled }],
    };
    expect(answered({ ...CONFIRMED, digest: 'x' }, next)).toMatchObject({ answer: 'refused' });
  });

  test('in a dry run is recorded as simulated', () => {
    const run = stepping(CHANGE, {}, { mode: 'dry-run' });
    run.send({ type: 'CONFIRM', digest: '' });
    expect(recorded(run, 'step.settled')).toMatchObject([{ status: 'simulated' }]);
    expect(answered({ ...CONFIRMED, digest: 'x' }, run.at)).toMatchObject({ answer: 'simulated' });
  });

  test('and no other answer is judged', () => {
    const declined: RunEvent = { ...CONFIRMED, answer: 'declined', digest: 'x' };
    const nowhere: Advance = { ...stepping(CHANGE).at, effects: [] };
    expect(answered(declined, nowhere)).toBe(declined);
    const noted: RunEvent = { type: 'operator.noted', operator: 'ada', text: 'x' };
    expect(answered(noted, nowhere)).toBe(noted);
  });

  test.each([
    ['of another digest', () => ({ ...CONFIRMED, digest: 'another' })],
    ['that was declined', (digest: string) => ({ ...CONFIRMED, answer: 'declined', digest })],
    ['that is none', () => ({ type: 'operator.noted', operator: 'ada', text: 'x' })],
  ] as const satisfies readonly (readonly [string, (digest: string) => RunEvent])[])(
    '%s starts no change, whatever the machine says',
    (_, event) => {
      const run = stepping(CHANGE);
      const digest = gate(run)?.digest ?? '';
      run.send({ type: 'CONFIRM', digest });
      expect(() => refuseUnconfirmed(event(digest), run.at)).toThrow(
        'the change of step one was not confirmed',
      );
    },
  );

  test('is needed by a change that names none', () => {
    const run = stepping(CHANGE);
    run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
    const effects = run.at.effects.map((effect) =>
      effect.type === 'executeChange'
        ? { ...effect, params: { ...effect.params, confirmed: undefined } }
        : effect,
    );
    const noted: RunEvent = { type: 'operator.noted', operator: 'ada', text: 'x' };
    expect(() => refuseUnconfirmed(noted, { ...run.at, effects })).toThrow('was not confirmed');
  });

  test('is not needed by a read', () => {
    const noted: RunEvent = { type: 'operator.noted', operator: 'ada', text: 'x' };
    expect(() => refuseUnconfirmed(noted, stepping(ROWS).at)).not.toThrow();
  });
});

const ROWS = `
  - id: one
    on: db
    effect: change
    preview: { sql: SELECT id FROM orders }
    sql: SELECT do_it(id) FROM orders WHERE (id) IN (\${{ preview.rows }})
`;

describe('a confirmation of rows that are read again', () => {
  const reread = {
    type: 'step.finished',
    step: 'one',
    part: 'recheck',
    visit: 1,
    attempt: 1,
    status: 'succeeded',
    ms: 1,
    outputs: [],
  } as const;

  /** Stands where the rows have been read again, with what was confirmed. */
  function reachesChange(): { readonly at: Advance; readonly digest: string } {
    const run = stepping(ROWS);
    run.rows({ id: 1 });
    const { digest = '' } = gate(run) ?? {};
    const event = { ...CONFIRMED, digest };
    run.send({ type: 'CONFIRM', digest, previewAgeMs: 0 });
    expect(answered(event, run.at)).toEqual(event);
    run.rows({ id: 1 });
    return { at: run.at, digest };
  }

  test('lets the change start when the record holds it', () => {
    const { at, digest } = reachesChange();
    expect(() => refuseUnconfirmed(reread, at, { step: 'one', digest })).not.toThrow();
  });

  test.each([
    ['the record holds none', reread, () => undefined],
    ['it is of another digest', reread, () => ({ step: 'one', digest: 'another' })],
    ['it is of another step', reread, (digest: string) => ({ step: 'two', digest })],
    [
      'another step was read again',
      { ...reread, step: 'two' },
      (digest: string) => ({ step: 'two', digest }),
    ],
    [
      'another step was read again than the one confirmed',
      { ...reread, step: 'two' },
      (digest: string) => ({ step: 'one', digest }),
    ],
    [
      'the rows are only being read',
      { ...reread, type: 'step.started', effect: 'read', action: { kind: 'shell' } as never },
      (digest: string) => ({ step: 'one', digest }),
    ],
    [
      'something else was read',
      { ...reread, part: 'verify' },
      (digest: string) => ({ step: 'one', digest }),
    ],
    [
      'nothing was read',
      { type: 'operator.noted', operator: 'ada', text: 'x' },
      (digest: string) => ({ step: 'one', digest }),
    ],
  ] as const)('starts no change when %s', (_, event, given) => {
    const { at, digest } = reachesChange();
    expect(() => refuseUnconfirmed(event, at, given(digest))).toThrow(
      'the change of step one was not confirmed',
    );
  });

  test('given at the gate of another step starts no change', () => {
    const run = stepping(CHANGE);
    const { digest = '' } = gate(run) ?? {};
    run.send({ type: 'CONFIRM', digest });
    expect(() => refuseUnconfirmed({ ...CONFIRMED, step: 'two', digest }, run.at)).toThrow(
      'was not confirmed',
    );
  });
});
